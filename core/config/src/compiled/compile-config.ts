import { resolve } from 'node:path'
import type { Mode } from '@sevenfold/event'
import type { Listen, SiteListen, Upstream } from '../schema/address.ts'
import type { SevenfoldFile } from '../schema/file.ts'
import type { SecretReference } from '../schema/secret.ts'
import { compileValue } from './compiled.ts'
import type {
  AlertsConfig,
  CollectorConfig,
  DetectionConfig,
  EdgeConfig,
  PartConfigs,
  SiteConfig,
} from './part-config.ts'

/**
 * Shares of `storage.budget`. They add up to 0.98; the rest is room for configuration, keys and the segment that
 * is being written when the oldest one is dropped.
 */
const shares = {
  segments: 0.5,
  index: 0.25,
  spool: {
    edge: 0.1,
    detection: 0.05,
    runtime: 0.03,
    ledger: 0.01,
    collector: 0.02,
    alerts: 0.01,
    console: 0.01,
  },
} as const

/** A configuration as the parts read it. */
export interface CompiledConfig {
  /** Absolute path of the data folder. */
  readonly dataDir: string
  readonly parts: PartConfigs
}

type CompiledSite = Pick<SiteConfig, 'bots' | 'schema' | 'geo' | 'pages'>

/** The files that a site names, by absolute path. */
function absoluteFiles({ bots, schema, geo, pages }: CompiledSite, folder: string): CompiledSite {
  const at = (file: string): string => resolve(folder, file)
  const { robotsFile } = bots
  return {
    bots: {
      ...bots,
      ranges: bots.ranges.map((range) => ({ ...range, file: at(range.file) })),
      ...(robotsFile === undefined ? {} : { robotsFile: at(robotsFile) }),
    },
    ...(schema === undefined ? {} : { schema: { ...schema, file: at(schema.file) } }),
    ...(pages === undefined ? {} : { pages: { template: at(pages.template) } }),
    ...(geo === undefined
      ? {}
      : {
          geo: {
            ...geo,
            ...(geo.database === undefined ? {} : { database: at(geo.database) }),
            ...(geo.asnDatabase === undefined ? {} : { asnDatabase: at(geo.asnDatabase) }),
          },
        }),
  }
}

type ConnectionParts = Pick<SiteConfig, 'listen' | 'upstream' | 'tls' | 'pool'>

function absoluteListen(listen: SiteListen, folder: string): SiteListen {
  return listen.path === undefined ? listen : { ...listen, path: resolve(folder, listen.path) }
}

function absoluteUpstream(upstream: Upstream, folder: string): Upstream {
  if (upstream.path === undefined) return upstream
  const path = resolve(folder, upstream.path)
  return { ...upstream, url: `unix:${path}`, path }
}

/** The files that a site's connections need, by absolute path. */
function absoluteConnections(
  { listen, upstream, tls, pool }: ConnectionParts,
  folder: string,
): ConnectionParts {
  const at = (file: string): string => resolve(folder, file)
  const each = <T extends object>(files: T, names: readonly (keyof T)[]): T => {
    const found: T = { ...files }
    for (const name of names) {
      const file = files[name]
      // Only names of paths are given, and a path is text.
      if (typeof file === 'string') found[name] = at(file) as T[keyof T] & string
    }
    return found
  }
  const connections = {
    listen: absoluteListen(listen, folder),
    upstream: absoluteUpstream(upstream, folder),
    pool: {
      ...pool,
      targets: pool.targets.map((target) => absoluteUpstream(target, folder)),
      tls: each(pool.tls, ['ca', 'certificate', 'key']),
    },
  }
  if (tls === undefined) return connections
  const { acme, clientCertificates } = tls
  return {
    ...connections,
    tls: {
      ...tls,
      certificates: tls.certificates.map((pair) => each(pair, ['certificate', 'key'])),
      ...(acme === undefined ? {} : { acme: each(acme, ['ca']) }),
      ...(clientCertificates === undefined ? {} : { clientCertificates: each(clientCertificates, ['ca']) }),
    },
  }
}

/** Files of certificates become absolute. */
function compileLedger(ledger: SevenfoldFile['ledger'], folder: string) {
  const compiled = compileValue(ledger)
  const names = ['ca', 'certificate', 'key'] as const
  const syslogCopies = compiled.syslogCopies.map((copy) => {
    const files = names.flatMap((name) => {
      const file = copy[name]
      return file === undefined ? [] : [[name, resolve(folder, file)] as const]
    })
    return { ...copy, ...Object.fromEntries(files) }
  })
  const { hosts } = compiled
  return {
    ...compiled,
    syslogCopies,
    ...(hosts === undefined ? {} : { hosts: { ...hosts, url: hostsUrlOf(hosts) } }),
  }
}

/** Address of a place that listens for other hosts. */
function hostsUrlOf({ listen: { host, port }, url }: { listen: Listen; url?: string | undefined }): string {
  return url ?? `https://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** What the ledger tells hosts that enrol. */
function detectionUrl({ detection }: SevenfoldFile): { detectionUrl?: string } {
  return detection.hosts === undefined ? {} : { detectionUrl: hostsUrlOf(detection.hosts) }
}

function compileSite(site: SevenfoldFile['sites'][number], folder: string) {
  const compiled = compileValue(site)
  return { ...compiled, ...absoluteFiles(compiled, folder), ...absoluteConnections(compiled, folder) }
}

function compileSites(file: SevenfoldFile, folder: string): SiteConfig[] {
  return file.sites.map((site) => ({
    ...compileSite(site, folder),
    ...(site.rules === undefined ? {} : { rules: site.rules.map((rule) => absoluteRule(rule, folder)) }),
    mode: site.mode ?? file.edge.mode,
    onInspectionFailure: site.onInspectionFailure ?? file.edge.onInspectionFailure,
  }))
}

function absoluteRule(rule: string, folder: string): string {
  if (rule === 'builtin') return rule
  const kind = /^(?:crs|hub):/.exec(rule)?.[0] ?? ''
  return kind + resolve(folder, rule.slice(kind.length))
}

function absoluteSecret(key: SecretReference, folder: string): SecretReference {
  return 'file' in key ? { file: resolve(folder, key.file) } : key
}

type ApiTls = NonNullable<DetectionConfig['api']['tls']>

/** The files of the Local API's encryption, by absolute path. */
function absoluteApiTls({ certificate, key, clients }: ApiTls, folder: string): ApiTls {
  const at = (path: string): string => resolve(folder, path)
  if (clients === undefined) return { certificate: at(certificate), key: at(key) }
  const revoked = clients.revoked === undefined ? {} : { revoked: at(clients.revoked) }
  return {
    certificate: at(certificate),
    key: at(key),
    clients: { ...clients, ca: at(clients.ca), ...revoked },
  }
}

function compileDetection(file: SevenfoldFile, folder: string, spoolBytes: number): DetectionConfig {
  const detection = compileValue(file.detection)
  const { registrationToken, bouncers, tls } = detection.api
  const { haproxyMap, nginxMap } = detection.enforcement
  return {
    v: 1,
    spoolBytes,
    ...detection,
    api: {
      ...detection.api,
      bouncers: bouncers.map(({ name, key }) => ({ name, key: absoluteSecret(key, folder) })),
      ...(registrationToken === undefined
        ? {}
        : { registrationToken: absoluteSecret(registrationToken, folder) }),
      ...(tls === undefined ? {} : { tls: absoluteApiTls(tls, folder) }),
    },
    ...(detection.profiles === undefined ? {} : { profiles: resolve(folder, detection.profiles) }),
    enforcement: {
      ...detection.enforcement,
      ...(haproxyMap === undefined
        ? {}
        : { haproxyMap: { ...haproxyMap, file: resolve(folder, haproxyMap.file) } }),
      ...(nginxMap === undefined ? {} : { nginxMap: { ...nginxMap, file: resolve(folder, nginxMap.file) } }),
    },
    feeds: {
      ...detection.feeds,
      lists: detection.feeds.lists.map((list) =>
        list.key === undefined ? list : { ...list, key: absoluteSecret(list.key, folder) },
      ),
    },
    ...(detection.hub === undefined ? {} : { hub: absoluteHub(detection.hub, folder) }),
    sources: detection.sources.map((source) => absoluteSource(source, folder)),
    sites: file.sites.map(({ name }) => ({ name })),
    declaredProxies: [...new Set(file.sites.flatMap(({ trustedProxies }) => trustedProxies))],
    trusted: file.admin.trusted,
  }
}

type Source = Pick<
  CollectorConfig['sources'][number],
  'file' | 'syslog' | 'http' | 'kubernetesAudit' | 'otlp'
>

/** The files and secrets of a source, by absolute path. */
function absoluteSource<S extends Omit<Source, 'otlp'> & Partial<Pick<Source, 'otlp'>>>(
  source: S,
  folder: string,
): S {
  const { file, syslog, http, kubernetesAudit, otlp } = source
  const at = (path: string | undefined, as: string): object =>
    path === undefined ? {} : { [as]: resolve(folder, path) }
  return {
    ...source,
    ...at(file, 'file'),
    ...(syslog === undefined
      ? {}
      : {
          syslog: {
            ...syslog,
            ...at(syslog.certificate, 'certificate'),
            ...at(syslog.key, 'key'),
            ...at(syslog.ca, 'ca'),
          },
        }),
    ...(http === undefined ? {} : { http: { ...http, key: absoluteSecret(http.key, folder) } }),
    ...(kubernetesAudit === undefined
      ? {}
      : { kubernetesAudit: { ...kubernetesAudit, key: absoluteSecret(kubernetesAudit.key, folder) } }),
    ...(otlp === undefined ? {} : { otlp: { ...otlp, key: absoluteSecret(otlp.key, folder) } }),
  }
}

function compileCollector(
  file: SevenfoldFile['collector'],
  folder: string,
): Omit<CollectorConfig, 'v' | 'spoolBytes' | 'indexBytes' | 'sites'> {
  const collector = compileValue(file)
  return { ...collector, sources: collector.sources.map((source) => absoluteSource(source, folder)) }
}

type Hub = NonNullable<DetectionConfig['hub']>

function absoluteHub(hub: Hub, folder: string): Hub {
  const data = hub.data === undefined ? {} : { data: resolve(folder, hub.data) }
  return { ...hub, folder: resolve(folder, hub.folder), ...data }
}

function compileAlerts(file: SevenfoldFile, folder: string, spoolBytes: number): AlertsConfig {
  const [alerts, playbooks] = [compileValue(file.alerts), compileValue(file.playbooks)]
  const { mail } = playbooks
  return {
    v: 1,
    spoolBytes,
    ...alerts,
    rules: alerts.rules.map((rule) => absoluteRule(rule, folder)),
    playbooks: {
      ...playbooks,
      folders: playbooks.folders.map((one) => resolve(folder, one)),
      ...(mail?.key === undefined ? {} : { mail: { ...mail, key: absoluteSecret(mail.key, folder) } }),
    },
  }
}

function compileEdge(file: SevenfoldFile, folder: string, spoolBytes: number): EdgeConfig {
  const edge = compileValue(file.edge)
  const ownListeners: Listen[] = [
    ...file.sites.flatMap(({ listen, tls }) => [
      ...(listen.path === undefined ? [listen] : []),
      ...(tls?.redirect === undefined ? [] : [tls.redirect]),
    ]),
    ...file.edge.beside.flatMap(({ listen }) => (listen.path === undefined ? [listen] : [])),
    file.admin.console.listen,
    file.detection.api.listen,
  ]
  return {
    v: 1,
    spoolBytes,
    ...edge,
    rules: edge.rules.map((rule) => absoluteRule(rule, folder)),
    beside: edge.beside.map((one) => ({
      ...one,
      listen: absoluteListen(one.listen, folder),
      keys: one.keys.map((key) => ('sha256' in key ? key : absoluteSecret(key, folder))),
    })),
    sites: compileSites(file, folder),
    ownListeners,
  }
}

/**
 * Compiles a checked file for each part: defaults filled in, units in the names, paths absolute (relative ones count
 * from `folder`, the folder of the file). Secrets stay references; a part reads its own.
 */
export function compileConfig(file: SevenfoldFile, folder: string): CompiledConfig {
  const budget = file.storage.budget.value
  const spool = (part: keyof typeof shares.spool): number => Math.floor(budget * shares.spool[part])
  const sites = compileSites(file, folder).map(
    ({ name, listen, mode }): { name: string; listen: Listen; mode: Mode } => {
      return { name, listen, mode }
    },
  )
  return {
    dataDir: resolve(folder, file.data),
    parts: {
      edge: compileEdge(file, folder, spool('edge')),
      runtime: { v: 1, spoolBytes: spool('runtime'), ...compileValue(file.runtime) },
      detection: compileDetection(file, folder, spool('detection')),
      ledger: {
        v: 1,
        spoolBytes: spool('ledger'),
        ...compileLedger(file.ledger, folder),
        ...detectionUrl(file),
        segmentsBytes: Math.floor(budget * shares.segments),
      },
      collector: {
        v: 1,
        spoolBytes: spool('collector'),
        ...compileCollector(file.collector, folder),
        indexBytes: Math.floor(budget * shares.index),
        sites: file.sites.map(({ name, accessEvents }) => ({ name, accessEvents })),
      },
      alerts: compileAlerts(file, folder, spool('alerts')),
      console: {
        v: 1,
        spoolBytes: spool('console'),
        ...compileValue(file.admin.console),
        trusted: file.admin.trusted,
        sites,
      },
    },
  }
}
