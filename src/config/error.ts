/** A config file that cannot be used: the message says which key and what to write instead. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}
