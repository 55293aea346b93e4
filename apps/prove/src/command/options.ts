import { parseArgs } from 'node:util'
import { composeHelp, readComposeWish } from './compose-options.ts'
import type { ComposeWish } from './compose-options.ts'
import { readTargetWish, targetHelp } from './target-options.ts'
import type { TargetWish } from './target-options.ts'
import { UsageError } from './usage-error.ts'

/** Reports that are written to files besides the one on stdout. */
export const fileReports = ['html', 'junit', 'sarif', 'navigator'] as const

/** One of them. */
export type FileReport = (typeof fileReports)[number]

/** What `sevenfold prove` was asked to do. */
export interface ProveOptions {
  readonly help: boolean
  readonly list: boolean
  readonly format: 'terminal' | 'json' | 'markdown'
  /** Undefined: a new one, printed in the report. */
  readonly seed: string | undefined
  /** Leave out attacks that take seconds. */
  readonly quick: boolean
  /** Ids or classes; empty for all. */
  readonly only: readonly string[]
  /** Only the application, no layer: shows whether the attacks work. */
  readonly bare: boolean
  /** Exit with 1 when an attack has a smaller depth. */
  readonly minDepth: number
  /** An earlier document, to compare with. */
  readonly baseline: string | undefined
  /** Whether costs and availability are measured too. */
  readonly measure: boolean
  /** File to which the totals are added, for the depth over time. */
  readonly history: string | undefined
  /** Data folder of an installation whose ledger keeps the result. */
  readonly record: string | undefined
  /** A site of the user's own instead of the shop. */
  readonly target: TargetWish | undefined
  /** A system from a Compose file instead of the shop. */
  readonly compose: ComposeWish | undefined
  /** Files to write, by the kind of report. */
  readonly files: ReadonlyMap<FileReport, string>
}

/** The text of `sevenfold prove --help`. */
export const proveHelp: string = `sevenfold prove: attack the demo shop with each layer switched off, and count what still stops it

usage: sevenfold prove [options]

  --quick           leave out attacks that take seconds (brute force, probing, scraping)
  --only NAME       an attack or a class of attacks; may be given several times
  --seed TEXT       run the same proof again; without it a new seed is made and printed
  --min-depth N     exit with 1 when fewer than N layers stand against an attack
  --no-cost         leave out what the layers cost, and what happens when one of their processes is killed
  --cost            measure that also with --quick or --only
  --bare            no layer at all: shows that the attacks work
  --list            the attacks with their classes and numbers, without running them
  --json            the proof as one document (docs/wire/proof.md)
  --markdown        the proof as Markdown
  --baseline FILE   compare with an earlier --json; exit with 1 when a depth falls or more visits are blocked
  --history FILE    add the totals to this file; the page then shows the depth over time
  --record DIR      also write totals and digest of the proof, signed, into the ledger of that data folder
  --html FILE       also write a report for people: one page, no other files needed
  --junit FILE      also write JUnit XML, for the test reports of pipelines
  --sarif FILE      also write SARIF 2.1.0, for code scanning
  --navigator FILE  also write a layer for the ATT&CK Navigator

${composeHelp}
${targetHelp}
exit codes: 0 fine; 1 an attack does not work without layers, an innocent visit is blocked, a depth is
under --min-depth or under the baseline; 2 usage; 3 the bed could not be set up

example: sevenfold prove --quick --only sql-injection
`

function parse(args: readonly string[]): ReturnType<typeof parseKnown> {
  try {
    return parseKnown(args)
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : 'unreadable arguments', { cause: error })
  }
}

// The type of the parsed values is worth more than a hand-written copy of it.
// oxlint-disable-next-line typescript/explicit-function-return-type
function parseKnown(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      list: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      bare: { type: 'boolean', default: false },
      cost: { type: 'boolean', default: false },
      'no-cost': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      markdown: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      seed: { type: 'string' },
      'min-depth': { type: 'string', default: '0' },
      baseline: { type: 'string' },
      record: { type: 'string' },
      history: { type: 'string' },
      compose: { type: 'string' },
      service: { type: 'string' },
      port: { type: 'string' },
      engine: { type: 'string' },
      target: { type: 'string' },
      'allow-host': { type: 'string', multiple: true, default: [] },
      'token-file': { type: 'string' },
      rate: { type: 'string' },
      page: { type: 'string' },
      post: { type: 'string' },
      ca: { type: 'string' },
      data: { type: 'string' },
      html: { type: 'string' },
      junit: { type: 'string' },
      sarif: { type: 'string' },
      navigator: { type: 'string' },
    },
  })
}

/** Reads the arguments after `prove`. Throws `UsageError`. */
export function readOptions(args: readonly string[]): ProveOptions {
  const { values } = parse(args)
  const minDepth = Number(values['min-depth'])
  if (!Number.isSafeInteger(minDepth) || minDepth < 0 || minDepth > 8)
    throw new UsageError('--min-depth takes a number from 0 to 8')
  if (values.json && values.markdown) throw new UsageError('--json and --markdown exclude each other')
  if (values.seed !== undefined && !/^[\w.-]{1,64}$/.test(values.seed)) {
    throw new UsageError('--seed takes up to 64 letters, digits, dots, dashes and underscores')
  }
  if (values.cost && (values['no-cost'] || values.bare))
    throw new UsageError('--cost excludes --no-cost and --bare')
  const { help, list, quick, bare, only, seed, baseline } = values
  const target = readTargetWish(values)
  const compose = readComposeWish(values)
  const isWhole = compose === undefined && !quick && !bare && only.length === 0
  const files = new Map(
    fileReports.flatMap((kind): [FileReport, string][] => {
      const path = values[kind]
      if (path === '') throw new UsageError(`--${kind} takes the name of a file`)
      return path === undefined ? [] : [[kind, path]]
    }),
  )
  return {
    help,
    list,
    quick,
    bare,
    only,
    seed,
    minDepth,
    baseline,
    record: values.record,
    history: values.history,
    measure: values.cost || (isWhole && !values['no-cost']),
    target,
    compose,
    files,
    format: values.json ? 'json' : values.markdown ? 'markdown' : 'terminal',
  }
}
