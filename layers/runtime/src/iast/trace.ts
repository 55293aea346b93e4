import { basename } from 'node:path'
import { installAgent, installedAgent } from '../agent/install.ts'
import type { ProtectOptions } from '../agent/options.ts'
import { Sensor } from '../agent/report/sensor.ts'
import type { AgentReport, SinkUse } from '../agent/agent.ts'
import { readStack } from '../agent/profile/call-site.ts'
import type { RequestContext } from '../agent/request-context.ts'
import { watchConfiguration } from './configuration.ts'
import { followStrings, taintsOf, unfollowed } from './follow-strings.ts'
import { judgeUse } from './judge-use.ts'
import { followSources } from './load-sources.ts'
import { findingDraft } from './finding-draft.ts'
import { Report } from './report.ts'
import type { Source } from './sources.ts'
import type { Weakness } from './weakness.ts'

/** Settings of a test run. */
export interface TraceOptions {
  /** SARIF file; default `sevenfold-iast.sarif`. */
  readonly reportPath?: string
  /** File that gets one JSON line for each weakness of each request. */
  readonly logPath?: string
  /** Forwarder that is told of findings, as of refused calls; without one only the file is written. */
  readonly sensor?: ProtectOptions
  /** URL of `iast/module-thread.js`. */
  readonly threadUrl: URL
}

const maxWarnings = 10

function requestOf({ request }: RequestContext): string {
  return `${request.method} ${(request.url ?? '').split('?', 1)[0]}`
}

function placeNow(): string {
  const stack = readStack()
  const line = stack.find(({ file }) => !file.includes('node_modules')) ?? stack[0]
  return line === undefined ? '' : `${line.file}:${line.line}:${line.column}`
}

/** The input that a finding of the agent speaks of. */
function sourceOf(matched: string, sources: readonly Source[]): Source | undefined {
  const isPart = ({ value }: Source): boolean =>
    value.includes(matched) || (value.length > 2 && matched.includes(value))
  return sources.find((source) => source.kind !== 'path' && isPart(source)) ?? sources.find(isPart)
}

function observer(report: Report): (use: SinkUse, context: RequestContext) => void {
  return (use, context) =>
    unfollowed(() => {
      const taints = taintsOf(context)
      const flow = use.kind === 'host' ? undefined : judgeUse(use, (text) => taints.of(text))
      if (flow !== undefined) {
        const { source, steps } = flow.mark
        report.add({
          name: flow.name,
          sink: use.sink,
          place: placeNow(),
          detail: use.text.slice(0, 200),
          source,
          steps,
          request: requestOf(context),
        })
      } else if (use.isChosen === true)
        report.add({
          name: 'ssrf',
          sink: use.sink,
          place: placeNow(),
          detail: use.text,
          ...found(sourceOf(use.text.replace(/:$/, ''), taints.sources())),
          request: requestOf(context),
        })
    })
}

function found(source: Source | undefined): { readonly source?: Source } {
  return source === undefined ? {} : { source }
}

function fromAgent({ finding, sink, context }: AgentReport): Weakness {
  const taints = taintsOf(context)
  return {
    name: finding.attack,
    sink,
    place: placeNow(),
    detail: finding.matched,
    ...found(sourceOf(finding.matched, taints.sources())),
    request: requestOf(context),
  }
}

/** What a report tells to a forwarder; nothing without one. */
function teller(options: ProtectOptions = {}): { onNew?: (weakness: Weakness) => void } {
  const { socketPath, token, service = basename(process.cwd()) } = options
  if (socketPath === undefined) return {}
  const sensor = new Sensor({
    service,
    socketPath,
    ...(token === undefined ? {} : { token }),
    unprotected: () => [],
    news: () => [],
    counters: () => ({}),
    onDecisions: () => undefined,
    // Whatever the policy is: a test run refuses nothing.
    onMode: () => undefined,
  })
  sensor.start()
  return { onNew: (weakness) => sensor.report(findingDraft(weakness, { service, now: Date.now })) }
}

/** Follows the inputs of every request through this process and writes what it finds; nothing is refused. */
export function trace({
  reportPath = 'sevenfold-iast.sarif',
  logPath,
  sensor,
  threadUrl,
}: TraceOptions): void {
  if (installedAgent() !== undefined) return
  const report = new Report({
    path: reportPath,
    ...(logPath === undefined ? {} : { logPath }),
    version: '0.1.0',
    ...teller(sensor),
  })
  const add = (weakness: Weakness): void => report.add(weakness)
  let warned = 0
  const onFault = (error: unknown, sink: string): void => {
    warned += 1
    if (warned <= maxWarnings)
      process.emitWarning(`${sink}: ${String(error)}`, { code: 'SEVENFOLD_AGENT_FAULT' })
  }
  const agent = installAgent({
    mode: 'monitor',
    report: (found) => unfollowed(() => report.add(fromAgent(found))),
    onFault,
  })
  agent.observer = observer(report)
  agent.around = unfollowed
  watchConfiguration(add)
  followSources({ add, onFault: (error) => onFault(error, 'source'), threadUrl })
  followStrings()
}
