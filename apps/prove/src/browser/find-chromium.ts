import { existsSync } from 'node:fs'

/** Names the browser's program when it stands elsewhere. */
export const chromiumVariable = 'CHROMIUM'

const usual: readonly string[] = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** An installed Chromium; undefined when there is none. */
export function findChromium(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const named = env[chromiumVariable]
  return [...(named === undefined ? [] : [named]), ...usual].find((path) => existsSync(path))
}
