import type { Browser } from 'playwright-core'
import { findChromium } from './find-chromium.ts'

// Chromium's own background connections are switched off: a proof speaks to its own ports only.
const flags: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
]

/** Starts an installed Chromium without a window; undefined when none is installed. The driver is loaded only then. */
export async function openBrowser(
  env: Readonly<Record<string, string | undefined>>,
): Promise<Browser | undefined> {
  const executablePath = findChromium(env)
  if (executablePath === undefined) return undefined
  const { chromium } = await import('playwright-core')
  return chromium.launch({ executablePath, args: [...flags] })
}
