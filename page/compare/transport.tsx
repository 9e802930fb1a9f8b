import type { Player } from './use-player.ts';

const SPEEDS = [0.25, 0.5, 1, 2, 5, 10];

interface Props {
  player: Player;
  end: number;
  text: (at: number) => string;
}

/** Play, pause, scrub, speed. */
export function Transport({ player, end, text }: Props) {
  return (
    <div class="transport" role="group" aria-label="Playback">
      <button class="button" type="button" onClick={player.isPlaying ? player.pause : player.play}>
        {player.isPlaying ? '❚❚ Pause' : '▶ Play'}
      </button>
      <label class="scrub">
        <span>Time</span>
        <input
          type="range"
          min="0"
          max={end}
          step={end / 500}
          value={player.at}
          aria-valuetext={`${text(player.at)} of ${text(end)}`}
          onInput={(event) => {
            player.pause();
            player.seek(Number(event.currentTarget.value));
          }}
        />
      </label>
      <output aria-live="off">{text(player.at)}</output>
      <label>
        <span>Speed</span>
        <select value={player.speed} onChange={(event) => player.setSpeed(Number(event.currentTarget.value))}>
          {SPEEDS.map((speed) => (
            <option key={speed} value={speed}>
              {speed}×
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
