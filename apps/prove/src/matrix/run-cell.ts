import type { Browser, Page } from 'playwright-core'
import type { Attack, Scene } from '../attack/attack.ts'
import type { Bed } from '../bed/bed.ts'
import type { BrowserJourney } from '../benign/browser-journeys.ts'
import type { Journey } from '../benign/journey.ts'
import { startRelay } from '../browser/relay.ts'
import type { Configuration } from './configuration.ts'
import type { CellRun } from './judge.ts'
import { makeScene } from './make-scene.ts'

/** Where and as what a cell runs. */
export interface CellOptions {
  readonly bed: Bed
  readonly configuration: Configuration
  readonly address: string
  readonly seed: string
}

async function play(
  options: CellOptions,
  name: string,
  act: (scene: Scene) => Promise<boolean>,
): Promise<CellRun> {
  const label = `${name}\0${options.configuration.name}`
  const { configuration, address } = options
  const loot = await options.bed.application(configuration).reset(`${options.seed}\0${label}`)
  const startedAt = Date.now()
  const open = makeScene({ ...options, label, loot })
  let succeeded = false
  let error: string | undefined
  try {
    succeeded = await act(open.scene)
  } catch (thrown) {
    // Steps meet refusals and broken connections as answers; whatever throws is a flaw of the attack's own code.
    error = thrown instanceof Error ? thrown.message : String(thrown)
  } finally {
    open.close()
  }
  const base = { attack: name, configuration, address, traces: open.traces(), succeeded, startedAt }
  return error === undefined ? base : { ...base, error }
}

/** Resets the application, makes the attempt, and asks the oracle. */
export function runAttack(attack: Attack, options: CellOptions): Promise<CellRun> {
  return play(options, attack.id, (scene) => attack.attempt(scene))
}

/** The innocent twin of an attack; `succeeded` means that it was served. */
export function runTwin(attack: Attack, options: CellOptions): Promise<CellRun> {
  return play(options, `twin of ${attack.id}`, (scene) => attack.innocent(scene))
}

/** An innocent visit; `succeeded` means that all of it was served, and `error` says what was not. */
export async function runJourney(journey: Journey, options: CellOptions): Promise<CellRun> {
  let missing: string | undefined
  const run = await play(options, journey.id, async (scene) => {
    missing = await journey.visit(scene)
    return missing === undefined
  })
  return missing === undefined ? run : { ...run, error: missing }
}

/** Longest wait for one thing on a page, in milliseconds. */
const pageTimeoutMs = 10_000

/** The visit of a browser on a port of its own; the ids that the edge gave its requests are added to `traces`. */
async function visitWith(
  browser: Browser,
  journey: BrowserJourney,
  port: number,
  traces: Set<string>,
): Promise<void> {
  const context = await browser.newContext({ baseURL: `http://127.0.0.1:${port}` })
  context.setDefaultTimeout(pageTimeoutMs)
  try {
    const page: Page = await context.newPage()
    page.on('response', (response) => {
      const id = response.headers()['x-request-id']
      if (id !== undefined) traces.add(id)
    })
    await journey.visit(page)
  } finally {
    await context.close()
  }
}

/** An innocent visit with a real browser; `succeeded` means that all of it was there. */
export async function runBrowserJourney(
  journey: BrowserJourney,
  browser: Browser,
  options: CellOptions,
): Promise<CellRun> {
  const { bed, configuration, address } = options
  await bed.application(configuration).reset(`${options.seed}\0${journey.id}`)
  const startedAt = Date.now()
  const traces = new Set<string>()
  const relay = await startRelay(bed.target(configuration), address)
  const base = { attack: journey.id, configuration, address, traces, startedAt }
  try {
    await visitWith(browser, journey, relay.port, traces)
    return { ...base, succeeded: true }
  } catch (error) {
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    return { ...base, succeeded: false, error: line }
  } finally {
    await relay.close()
  }
}
