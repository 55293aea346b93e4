// One worker's traffic path, as built, in a process of its own: edge-process.ts <port> <upstream port> <data folder> <none|spool> [rules]
import { createRedactor, uuidV7 } from '@sevenfold/event'
import { startPart } from '@sevenfold/layer'
import { createNetworkSet } from '../../layers/edge/dist/address/client-address.js'
import { BanHolder } from '../../layers/edge/dist/ban/ban-holder.js'
import { EdgeEvents } from '../../layers/edge/dist/events/edge-events.js'
import { defaultHttpLimits } from '../../layers/edge/dist/http/limits.js'
import { createSocketEngine } from '../../layers/edge/dist/http/socket-engine.js'
import type { GatewayContext } from '../../layers/edge/dist/pipeline/gateway-context.js'
import { Gateway } from '../../layers/edge/dist/pipeline/gateway.js'
import type { RequestEvents } from '../../layers/edge/dist/pipeline/request-record.js'
import { createSiteRouter } from '../../layers/edge/dist/pipeline/site-router.js'
import type { Site } from '../../layers/edge/dist/pipeline/site.js'
import { defaultUpstreamLimits } from '../../layers/edge/dist/upstream/upstream-limits.js'
import { buildInspection } from '../../layers/edge/dist/inspection/build-inspection.js'
import { TargetHealth } from '../../layers/edge/dist/upstream/target-health.js'
import { UpstreamGroup } from '../../layers/edge/dist/upstream/upstream-group.js'
import { UpstreamPool } from '../../layers/edge/dist/upstream/upstream-pool.js'

const [portText = '0', upstreamText = '0', dataDir = '', eventsKind = 'none', rules = ''] =
  process.argv.slice(2)
const port = Number(portText)
const monotonicMs = (): number => performance.now()
// An orderly end, so that --cpu-prof writes its profile.
if (eventsKind === 'none') process.once('SIGTERM', () => process.exit(0))
const silent: RequestEvents = { access: () => undefined, block: () => undefined }

async function spoolEvents(): Promise<RequestEvents> {
  const context = await startPart({
    part: 'edge',
    slot: 'bench',
    dataDir,
    config: {},
    receivers: [],
    spoolBytes: 67_108_864,
  })
  process.once('SIGTERM', () => void context.stop().finally(() => process.exit(0)))
  const redactor = createRedactor(context.keys.redactionKey)
  return new EdgeEvents({ builder: context.events, redactor, spool: context.spool, now: () => Date.now() })
}

const bans = new BanHolder(1)
const inspectedBodySizeBytes = 131_072
const context: GatewayContext = {
  events: eventsKind === 'spool' ? await spoolEvents() : silent,
  banVersion: () => bans.stamp,
  ban: (address) => bans.lookup(address, Date.now()),
  newId: uuidV7,
  now: () => Date.now(),
  monotonicMs,
  bounds: { inspectionSteps: 5_000_000, inspectionSliceMs: 2 },
  inspectedBodySizeBytes,
  canaryKey: null,
  canarySeen: () => undefined,
}
const health = new TargetHealth({ failures: 5, openForMs: 1000, healthyAfter: 1, unhealthyAfter: 1 })
const site: Site = {
  name: 'bench',
  listener: 1,
  hosts: ['*'],
  pool: new UpstreamGroup({
    targets: [
      {
        authority: `127.0.0.1:${upstreamText}`,
        health,
        pool: new UpstreamPool({
          host: '127.0.0.1',
          port: Number(upstreamText),
          limits: defaultUpstreamLimits,
          monotonicMs,
          health,
        }),
      },
    ],
    balance: 'round-robin',
    check: null,
    monotonicMs,
  }),
  retries: 1,
  answerFields: '',
  ownHandshake: false,
  beside: '',
  upstreamAuthority: `127.0.0.1:${upstreamText}`,
  proxies: createNetworkSet([]),
  inspection:
    rules === ''
      ? null
      : buildInspection({ rules: [rules], paranoia: 1, inspectedBodySizeBytes, steps: 5_000_000 }),
  onInspectionFailure: 'refuse',
  mode: () => 'enforce',
}
const gateway = new Gateway(context, createSiteRouter([site]), [site])
const limits = {
  ...defaultHttpLimits,
  requestsPerConnection: 1_000_000_000,
  // Only what a benchmark opens on purpose: many idle connections from one address.
  connections: 100_000,
  connectionsPerAddress: Number(process.env['BENCH_PER_ADDRESS'] ?? defaultHttpLimits.connectionsPerAddress),
  keepAliveTimeoutMs: Number(process.env['BENCH_KEEP_ALIVE_MS'] ?? defaultHttpLimits.keepAliveTimeoutMs),
}
await createSocketEngine({ limits, handler: gateway, monotonicMs }).listen({ host: '127.0.0.1', port })
