import { readFileSync } from 'node:fs'
import { BlockList, isIPv6 } from 'node:net'
import { readSecret } from '@sevenfold/layer'
import type { Clock, SecretPlace } from '@sevenfold/layer'
import { DockerSource } from '../docker/docker-source.ts'
import { FileTail } from '../file/file-tail.ts'
import type { TakeLines } from '../intake-source.ts'
import { JournalSource } from '../journal/journal-source.ts'
import { PushServer } from '../push/push-server.ts'
import { SyslogServer } from '../syslog/syslog-server.ts'
import { wantsContainer } from './wants-container.ts'

interface PushPlace {
  readonly listen: { readonly host: string; readonly port: number }
  readonly path: string
  readonly key: SecretPlace
  /** Bytes of a request, decompressed. */
  readonly maxSizeBytes: number
}

/** Where lines come from, as the configuration compiles it; one member is there. */
export interface SourcePlace {
  readonly file?: string | undefined
  readonly journald?: { readonly filters: readonly string[] } | undefined
  readonly docker?:
    | {
        readonly socket: string
        readonly containers: readonly string[]
        readonly label?: string | undefined
      }
    | undefined
  readonly syslog?: SyslogPlace | undefined
  readonly http?: PushPlace | undefined
  readonly kubernetesAudit?: PushPlace | undefined
  readonly otlp?: PushPlace | undefined
  /** Milliseconds that an entry of several lines may stay open. */
  readonly multiline?: { readonly begin: string; readonly waitMs: number } | undefined
}

interface SyslogPlace {
  readonly listen: { readonly host: string; readonly port: number }
  readonly protocol: 'udp' | 'tcp' | 'tls'
  /** Paths of PEM files. */
  readonly certificate?: string | undefined
  readonly key?: string | undefined
  readonly ca?: string | undefined
  /** Networks of senders; none: everybody. */
  readonly from: readonly string[]
}

/** What opening a source needs. */
export interface SourceContext {
  /** Makes the test for the first line of an entry; patterns of a configuration are the caller's to compile safely. */
  readonly beginTest?: (pattern: string) => (text: string) => boolean
  /** Where its position is kept. */
  readonly positionPath: string
  readonly onLines: TakeLines
  readonly onError: (error: unknown) => void
  readonly clock: Clock
}

const formNames = { http: 'lines', kubernetesAudit: 'kubernetes-audit', otlp: 'otlp' } as const
const pushForms = Object.keys(formNames) as (keyof typeof formNames)[]

/** A source that runs. */
export interface OpenSource {
  /** Lines and messages that were lost since it runs. */
  readonly dropped: () => number
  /** Port it listens on; 0 for sources that do not listen. */
  readonly port: number
  close(): Promise<void>
}

/** Opens a source. Once this resolves what is written from now on is read. Throws when it cannot listen or its files are not there. */
export async function openSource(source: SourcePlace, context: SourceContext): Promise<OpenSource> {
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
  const form = pushForms.find((name) => source[name] !== undefined)
  const push = form === undefined ? undefined : source[form]
  if (form !== undefined && push !== undefined) {
    const server = new PushServer({
      listen: push.listen,
      path: push.path,
      form: formNames[form],
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

async function openFile({ file = '', multiline }: SourcePlace, context: SourceContext): Promise<OpenSource> {
  const isBegin = multiline === undefined ? undefined : context.beginTest?.(multiline.begin)
  const tail = new FileTail({
    path: file,
    positionPath: context.positionPath,
    // Old lines are history: with a live clock they would all seem to happen now.
    begin: 'end',
    clock: context.clock,
    onLines: (lines) => context.onLines(lines.map((line) => ({ ...line, from: file }))),
    onError: context.onError,
    ...(isBegin === undefined || multiline === undefined
      ? {}
      : { join: { isBegin }, joinWaitMs: multiline.waitMs }),
  })
  await tail.poll()
  tail.start()
  return { dropped: () => 0, port: 0, close: () => tail.close() }
}

function syslogOptions({ protocol, listen, certificate, key, ca, from }: SyslogPlace) {
  const isAllowed = senderTest(from)
  const common = { protocol, listen, ...(isAllowed === undefined ? {} : { isAllowed }) }
  if (protocol !== 'tls' || certificate === undefined || key === undefined) return common
  const pem = (path: string): string => readFileSync(path, 'utf8')
  return {
    ...common,
    tls: { certificate: pem(certificate), key: pem(key), ...(ca === undefined ? {} : { ca: pem(ca) }) },
  }
}

/** Whether an address is within one of the networks (`192.0.2.0/24` or one address); checked when the configuration was read. */
function senderTest(networks: readonly string[]): ((address: string) => boolean) | undefined {
  if (networks.length === 0) return undefined
  const list = new BlockList()
  for (const text of networks) {
    const [network = '', length] = text.split('/')
    const family = isIPv6(network) ? 'ipv6' : 'ipv4'
    if (length === undefined) list.addAddress(network, family)
    else list.addSubnet(network, Number(length), family)
  }
  return (address) => {
    const plain = address.startsWith('::ffff:') ? address.slice(7) : address
    return list.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4')
  }
}
