import type { LayerName } from '@sevenfold/event'
import type { Configuration } from '../matrix/configuration.ts'

/** A configuration that has a site of its own at the edge. */
export interface BedSite {
  readonly configuration: Configuration
  readonly port: number
  /** Port of the application behind it. */
  readonly upstreamPort: number
}

/** What the file of a bed says. */
export interface BedFile {
  readonly data: string
  readonly sites: readonly BedSite[]
  readonly apiPort: number
  readonly consolePort: number
  /** The own log of each application. */
  readonly logPaths: readonly string[]
}

/** Steps of the edge that are its own; the step `ban` belongs to detection. */
const edgeSteps = ['limits', 'rate', 'challenge', 'schema', 'waf', 'response'] as const

/** The usual rule, and a budget for the one thing of the shop that is scarce: what can be held at its counter. */
const rateLines = [
  '    rate:',
  '      rules:',
  '        - { name: address, limit: 100, per: 1s, burst: 1000 }',
  '        - { name: holds, paths: [/stock/hold], methods: [POST], limit: 20, per: 15m }',
]

/** Name of the site of a configuration. */
export function siteName(configuration: Configuration): string {
  return `proof-${configuration.name.replaceAll('+', '-')}`
}

/** Layers whose decisions or judgements need an edge site to be carried out. */
export function needsSite(layers: readonly LayerName[]): boolean {
  return layers.includes('edge') || layers.includes('detection')
}

function siteLines(site: BedSite): readonly string[] {
  const { layers } = site.configuration
  const mode = (layer: LayerName): string => (layers.includes(layer) ? 'enforce' : 'off')
  return [
    `  - name: ${siteName(site.configuration)}`,
    `    listen: 127.0.0.1:${site.port}`,
    '    hosts: ["*"]',
    `    upstream: http://127.0.0.1:${site.upstreamPort}`,
    '    mode: enforce',
    '    steps:',
    `      ban: ${mode('detection')}`,
    ...edgeSteps.map((step) => `      ${step}: ${mode('edge')}`),
    ...rateLines,
  ]
}

/**
 * The sevenfold.yaml of a bed: one edge with a site for each configuration. A site without the edge layer is
 * plumbing: every step of inspection is off, and only decisions are applied.
 */
export function bedConfigText(file: BedFile): string {
  return [
    'version: 1',
    `data: ${JSON.stringify(file.data)}`,
    'storage: { budget: 256MiB }',
    `admin: { console: { listen: "127.0.0.1:${file.consolePort}" } }`,
    'sites:',
    ...file.sites.flatMap(siteLines),
    'edge: { mode: enforce, workers: 2 }',
    'runtime: { mode: enforce }',
    'detection:',
    '  mode: enforce',
    `  api: { listen: "127.0.0.1:${file.apiPort}" }`,
    ...(file.logPaths.length === 0 ? [] : ['  sources:']),
    ...file.logPaths.map((path) => `    - { file: ${JSON.stringify(path)}, format: json-access }`),
    '',
  ].join('\n')
}
