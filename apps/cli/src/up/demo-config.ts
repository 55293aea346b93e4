import { compileConfig, readConfig } from '@sevenfold/config'
import type { CompiledConfig } from '@sevenfold/config'

/** Ports of the demo, all on 127.0.0.1. */
export interface DemoPorts {
  readonly site: number
  readonly console: number
  readonly api: number
  readonly shop: number
}

/** Ports when nothing else is asked for. */
export const demoPorts: DemoPorts = { site: 7700, console: 7770, api: 7780, shop: 7790 }

/** What else the demo is made of. */
export interface DemoOptions {
  readonly banDuration: string
  readonly dataDir: string
  /** Divides the times of silence detection, for a drill. */
  readonly drillScale?: number
}

/** Times of silence detection in a drill; a live part owes its events at least one beat. */
function silenceYaml(scale: number): string {
  if (scale === 1) return ''
  const ms = (seconds: number): string => `${Math.round((seconds * 1000) / scale)}ms`
  return `alerts:
  silence:
    probeInterval: ${ms(10)}
    suspectAfter: ${ms(32)}
    darkAfter: ${ms(42)}
    pathPatience: ${Math.max(12, Math.round(60 / scale))}s
    canaryAge: 150s
`
}

/** Configuration of the demo, as a person would write it. */
export function demoYaml(ports: DemoPorts, options: DemoOptions): string {
  return `version: 1
data: ${JSON.stringify(options.dataDir)}
admin: { console: { listen: "127.0.0.1:${ports.console}" } }
sites:
  - name: shop
    listen: 127.0.0.1:${ports.site}
    upstream: http://127.0.0.1:${ports.shop}
    mode: enforce
    accessEvents: each
    rate:
      rules:
        - { name: address, limit: 100, per: 1s, burst: 1000 }
        # What can be held at the counter is scarce: a budget of its own.
        - { name: holds, paths: [/stock/hold], methods: [POST], limit: 20, per: 15m }
# One worker: the demo has one visitor.
edge: { mode: enforce, workers: 1 }
detection:
  mode: enforce
  api: { listen: "127.0.0.1:${ports.api}" }
  banDuration: ${options.banDuration}
  sources:
    - { file: ${JSON.stringify(`${options.dataDir}/shop/access.log`)}, format: json-access, site: shop }
runtime: { mode: enforce }
${silenceYaml(options.drillScale ?? 1)}`
}

/** The compiled configuration of the demo. */
export function demoConfig(ports: DemoPorts, options: DemoOptions): CompiledConfig {
  const read = readConfig(demoYaml(ports, options), 'demo')
  if (read.ok) return compileConfig(read.config, options.dataDir)
  // The text above is ours and has a test; only an odd --ban-duration could come here.
  throw new Error(
    `the demo's configuration is faulty: ${read.problems.map(({ message }) => message).join('; ')}`,
  )
}
