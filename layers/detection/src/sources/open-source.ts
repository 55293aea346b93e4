import { readFileSync } from 'node:fs'
import { DockerSource, FileTail, JournalSource, PushServer, SyslogServer } from '@sevenfold/intake'
import type { TakeLines } from '@sevenfold/intake'
import { compileRegex } from '@sevenfold/regex'
import type { Clock } from '@sevenfold/layer'
import { parseRange } from '../authority/address.ts'
import { numberRange } from '../authority/address-number.ts'
import { RangeIndex } from '../decisions/range-index.ts'
import { readSecret } from '../read-secret.ts'
import type { SourceConfig } from './line-taker.ts'
import { wantsContainer } from './wants-container.ts'

/** What opening a source needs. */
export interface SourceContext {
  /** Where its position is kept. */
  readonly positionPath: string
  readonly onLines: TakeLines
  readonly onError: (error: unknown) => void
  readonly clock: Clock
}

/** A source that runs. */
export interface OpenSource {
  /** Lines and messages that were lost since it runs. */
  readonly dropped: () => number
  /** Port it listens on; 0 for sources that do not listen. */
  readonly port: number
  close(): Promise<void>
}

/** Opens a source. Once this resolves what is written from now on is read. Throws when it cannot listen or its files are not there. */
export async function openSource(source: SourceConfig, context: SourceContext): Promise<OpenSource> {
  if (source.journald !== undefined) {
    const journal = new JournalSource({ ...context, filters: source.journald.filters })
    await journal.start()
    return running(journal, 0)
  }
  if (source.docker !== undefined) {
    const docker = new DockerSource({
      ...context,
      socketPath: source.docker.socket,
      isWanted: wantsContainer(source.docker),
    })
    await docker.start()
    return running(docker, 0)
  }
  if (source.syslog !== undefined) {
    const server = new SyslogServer({ ...context, ...syslogOptions(source.syslog) })
    return running(server, await server.start())
  }
  const push = source.http ?? source.kubernetesAudit
  if (push !== undefined) {
    const server = new PushServer({
      listen: push.listen,
      path: push.path,
      form: source.http === undefined ? 'kubernetes-audit' : 'lines',
      secret: readSecret(push.key),
      maxBodyBytes: push.maxSizeBytes,
      onLines: context.onLines,
      onError: context.onError,
    })
    return running(server, await server.start())
  }
  return await openFile(source, context)
}

function running(
  source: { counters(): { readonly dropped: number }; close(): Promise<void> },
  port: number,
): OpenSource {
  return { dropped: () => source.counters().dropped, port, close: () => source.close() }
}

async function openFile({ file = '', multiline }: SourceConfig, context: SourceContext): Promise<OpenSource> {
  const begin = multiline === undefined ? undefined : compileRegex(multiline.begin, { mode: 'string' })
  const tail = new FileTail({
    path: file,
    positionPath: context.positionPath,
    // Old lines are history: with a live clock they would all seem to happen now.
    begin: 'end',
    clock: context.clock,
    onLines: (lines) => context.onLines(lines.map((line) => ({ ...line, from: file }))),
    onError: context.onError,
    ...(begin === undefined || multiline === undefined
      ? {}
      : { join: { isBegin: (text) => begin.test(text) }, joinWaitMs: multiline.waitMs }),
  })
  await tail.poll()
  tail.start()
  return { dropped: () => 0, port: 0, close: () => tail.close() }
}

type SyslogConfig = NonNullable<SourceConfig['syslog']>

function syslogOptions({ protocol, listen, certificate, key, ca, from }: SyslogConfig) {
  const isAllowed = senderTest(from)
  const common = { protocol, listen, ...(isAllowed === undefined ? {} : { isAllowed }) }
  if (protocol !== 'tls' || certificate === undefined || key === undefined) return common
  const pem = (path: string): string => readFileSync(path, 'utf8')
  return {
    ...common,
    tls: { certificate: pem(certificate), key: pem(key), ...(ca === undefined ? {} : { ca: pem(ca) }) },
  }
}

function senderTest(networks: readonly string[]): ((address: string) => boolean) | undefined {
  if (networks.length === 0) return undefined
  const index = new RangeIndex<string>()
  for (const text of networks) {
    const range = parseRange(text)
    if (range !== undefined) index.add(numberRange(range), text)
  }
  return (address) => {
    const range = parseRange(address)
    return range !== undefined && index.around(numberRange(range)).length > 0
  }
}
