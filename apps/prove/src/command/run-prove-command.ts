import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ProofShared } from '@sevenfold/event'
import type { Browser } from 'playwright-core'
import { loadCatalogue } from '../attack/load-catalogue.ts'
import type { Attack, AttackFacts } from '../attack/attack.ts'
import { addBackbone } from '../backbone/add-backbone.ts'
import { backboneAttacks } from '../backbone/backbone-attacks.ts'
import type { BackboneAttack, RunDrills } from '../backbone/backbone-attacks.ts'
import { compareProofs } from '../baseline/compare-proofs.ts'
import { comparisonText } from '../baseline/comparison-text.ts'
import { readBaseline } from '../baseline/read-baseline.ts'
import type { Baseline } from '../baseline/read-baseline.ts'
import type { Bed } from '../bed/bed.ts'
import { startBed } from '../bed/start-bed.ts'
import { startBareBed } from '../bed/start-bare-bed.ts'
import { browserJourneys } from '../benign/browser-journeys.ts'
import { journeys } from '../benign/journeys.ts'
import { openBrowser } from '../browser/open-browser.ts'
import { defaultRepeats } from '../cost/measure-cost.ts'
import { addToHistory, historyEntry, readHistory } from '../history/history.ts'
import { runProof } from '../matrix/run-proof.ts'
import type { Proof } from '../matrix/run-proof.ts'
import { documentText, recordProof } from '../record/record-proof.ts'
import { markdownReport } from '../report/markdown.ts'
import { terminalReport } from '../report/terminal.ts'
import type { KeyStream } from '../target/stop-key.ts'
import type { Journey } from '../benign/journey.ts'
import { openCompose } from './open-compose.ts'
import { exitCodeOf } from './exit-code.ts'
import { proveHelp, readOptions } from './options.ts'
import { UsageError } from './usage-error.ts'
import type { ProveOptions } from './options.ts'
import { showProgress } from './progress-line.ts'
import type { ProgressStream } from './progress-line.ts'
import { runTargetCommand } from './run-target-command.ts'
import { selectAttacks } from './select-attacks.ts'
import { checkWritable, writeReports } from './write-reports.ts'

/** Where the command writes. */
export interface ProveIo {
  readonly stdout: ProgressStream & { readonly columns?: number }
  readonly stderr: ProgressStream
  /** Keys, when a person sits there. */
  readonly stdin?: KeyStream
  /** What the layers of a data folder share; absent: nobody looks. */
  readonly shared?: (dataDir: string) => Promise<readonly ProofShared[]>
  /** Does attacks on the watchers in a house of its own; absent: they are left out. */
  readonly drills?: RunDrills
  /** Ends the run early; the bed is torn down. */
  readonly signal?: AbortSignal
}

function listText(attacks: readonly AttackFacts[]): string {
  const lines = attacks.map(
    (attack) =>
      `${attack.id.padEnd(28)}CWE-${String(attack.cwe).padEnd(6)}CAPEC-${String(attack.capec).padEnd(5)}${attack.technique.padEnd(12)}${attack.title}`,
  )
  return `${lines.join('\n')}\n`
}

function report(proof: Proof, options: ProveOptions, io: ProveIo): string {
  if (options.format === 'json') return documentText(proof.document)
  if (options.format === 'markdown') return markdownReport(proof)
  const color = io.stdout.isTTY === true && process.env['NO_COLOR'] === undefined
  return `\n${terminalReport(proof, { color, width: io.stdout.columns ?? 100 })}`
}

/** A bed in a temporary folder, which goes away too when the bed cannot be set up. */
async function openBed(options: ProveOptions): Promise<Bed> {
  const dataDir = mkdtempSync(join(tmpdir(), 'sevenfold-prove-'))
  try {
    return await (options.bare ? startBareBed({ dataDir }) : startBed({ dataDir }))
  } catch (error) {
    rmSync(dataDir, { recursive: true, force: true })
    throw error
  }
}

function baselineOf({ baseline }: ProveOptions): Baseline | undefined {
  if (baseline === undefined) return undefined
  try {
    return readBaseline(baseline)
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

/** Minutes of work should not end with a file that cannot be read. */
function checkHistory({ history }: ProveOptions): void {
  try {
    if (history !== undefined) readHistory(history)
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

/** Writes all reports; gives the exit code. */
function conclude(
  proof: Proof,
  options: ProveOptions,
  io: ProveIo & { readonly baseline?: Baseline },
): number {
  const comparison = io.baseline === undefined ? undefined : compareProofs(io.baseline, proof)
  io.stdout.write(report(proof, options, io))
  if (comparison !== undefined) {
    // On stdout a document stays a document.
    const stream = options.format === 'terminal' ? io.stdout : io.stderr
    stream.write(comparisonText(comparison))
  }
  const date = new Date()
  const history =
    options.history === undefined
      ? undefined
      : addToHistory(options.history, historyEntry(proof.document, date))
  writeReports(options.files, proof, {
    minDepth: options.minDepth,
    date,
    ...(history === undefined ? {} : { history }),
    ...(comparison === undefined ? {} : { comparison }),
  })
  return exitCodeOf(proof, options.minDepth, comparison)
}

/** Keeps the result in a ledger. What goes wrong is said and changes no verdict. */
async function record(dataDir: string, proof: Proof, io: ProveIo): Promise<void> {
  try {
    const { summary, isTaken } = await recordProof(dataDir, proof.document)
    const state = isTaken
      ? 'the ledger has it'
      : 'the ledger does not answer; it takes it with the next proof'
    io.stderr.write(`recorded as ${summary.digest}: ${state}\n`)
  } catch (error) {
    io.stderr.write(`not recorded: ${error instanceof Error ? error.message : String(error)}\n`)
  }
}

/** What is attacked, and with what. */
interface Ground {
  readonly bed: Bed
  readonly attacks: readonly Attack[]
  readonly journeys: readonly Journey[]
  readonly browser: Browser | undefined
}

/** The shop with its visitors, or the copy of a declared system, whose visitors nobody has described. */
async function openGround(options: ProveOptions, attacks: readonly Attack[], io: ProveIo): Promise<Ground> {
  if (options.compose !== undefined) {
    const copied = await openCompose(options.compose, (text) => io.stderr.write(`${text}\n`))
    return { ...copied, journeys: [], browser: undefined }
  }
  io.stderr.write('setting up the shop and its layers\n')
  const bed = await openBed(options)
  const browser = await openBrowser(process.env)
  if (browser === undefined) io.stderr.write('no Chromium here: its visits are left out\n')
  return { bed, attacks, journeys, browser }
}

async function attackGround(ground: Ground, options: ProveOptions, io: ProveIo): Promise<Proof> {
  const { bed, browser, ...visits } = ground
  try {
    const shared = bed.dataDir === undefined ? undefined : await io.shared?.(bed.dataDir)
    const proof = await runProof(bed, {
      ...visits,
      seed: options.seed ?? randomBytes(4).toString('hex'),
      ...(browser === undefined ? {} : { browser: { program: browser, journeys: browserJourneys } }),
      ...(options.measure ? { costRepeats: defaultRepeats, availability: true } : {}),
      onProgress: showProgress(io.stderr, () => performance.now()),
      ...(io.signal === undefined ? {} : { signal: io.signal }),
    })
    return shared === undefined ? proof : { ...proof, document: { ...proof.document, shared } }
  } finally {
    await Promise.all([bed.close(), browser?.close()])
  }
}

/** The house of the drills keeps its times ten times as fast: half a minute of silence is three seconds. */
const drillScale = 10

/** Destructive attacks run last, on a house of their own. */
async function attackWatchers(
  proof: Proof,
  watchers: readonly BackboneAttack[],
  io: ProveIo,
): Promise<Proof> {
  if (watchers.length === 0 || io.drills === undefined) return proof
  io.stderr.write(`attacking the watchers: ${watchers.length} drills\n`)
  const outcomes = await io.drills(
    watchers.map(({ drill }) => drill),
    {
      scale: drillScale,
      onStep: (doing) => io.stderr.write(`${doing}\n`),
      ...(io.signal === undefined ? {} : { signal: io.signal }),
    },
  )
  return addBackbone(proof, { attacks: watchers, outcomes, scale: drillScale })
}

async function prove(options: ProveOptions, io: ProveIo): Promise<number> {
  if (options.target !== undefined) return runTargetCommand(options.target, options.format, io)
  const chosen = selectAttacks([...(await loadCatalogue()), ...backboneAttacks], options)
  if (options.list) {
    io.stdout.write(listText(chosen))
    return 0
  }
  const attacks = chosen.filter((attack): attack is Attack => 'attempt' in attack)
  const isOwn = options.bare || options.compose !== undefined
  const watchers = isOwn ? [] : chosen.filter((attack): attack is BackboneAttack => 'drill' in attack)
  const baseline = baselineOf(options)
  checkHistory(options)
  checkWritable(options.files)
  const onBed = await attackGround(await openGround(options, attacks, io), options, io)
  const proof = await attackWatchers(onBed, watchers, io)
  if (options.record !== undefined) await record(options.record, proof, io)
  return conclude(proof, options, { ...io, ...(baseline === undefined ? {} : { baseline }) })
}

/**
 * `sevenfold prove`: runs it and gives the exit code (0 fine, 1 findings, 2 usage, 3 environment). Progress and
 * errors go to stderr, the report to stdout.
 */
export async function runProveCommand(args: readonly string[], io: ProveIo): Promise<number> {
  try {
    const options = readOptions(args)
    if (options.help) {
      io.stdout.write(proveHelp)
      return 0
    }
    return await prove(options, io)
  } catch (error) {
    const isUsage = error instanceof UsageError
    const hint = isUsage
      ? 'sevenfold prove --help shows the options'
      : 'npm run build, then try again; --bare runs without layers'
    io.stderr.write(
      `prove: error: ${error instanceof Error ? error.message : String(error)}\nhint: ${hint}\n`,
    )
    return isUsage ? 2 : 3
  }
}
