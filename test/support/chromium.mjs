// A headless Chromium that asks the network nothing of its own accord.
import { chromium } from 'playwright-core';
import { chromiumPath } from '../browser/install.mjs';

export const launchChromium = () =>
  chromium.launch({
    executablePath: chromiumPath(),
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
