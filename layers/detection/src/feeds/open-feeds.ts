import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { DetectionConfig } from '@sevenfold/config'
import { ensurePrivateFolder } from '@sevenfold/layer'
import type { PartContext } from '@sevenfold/layer'
import { createOutbound } from '@sevenfold/outbound'
import type { Outbound } from '@sevenfold/outbound'
import type { Route } from '../api/call.ts'
import type { Act } from '../api/services.ts'
import type { AllowLists } from '../allowlists/allow-lists.ts'
import type { NeverBan } from '../authority/never-ban.ts'
import type { DecisionStore } from '../decisions/decision-store.ts'
import type { DecisionGate } from '../desk/decision-gate.ts'
import { readSecret } from '@sevenfold/layer'
import { ExportRoutes } from './export/export-routes.ts'
import { FeedBook } from './feed-book.ts'
import { keptWithinMs, within } from '../journal/kept.ts'
import { LateLog } from '../journal/late-log.ts'
import type { ExchangeConfig, FeedsConfig } from './feed-config.ts'
import { FeedRoutes } from './feed-routes.ts'
import { FeedService } from './feed-service.ts'
import { Feed } from './feed.ts'
import { Exchange } from './sharing/exchange.ts'
import { readExchangeLog } from './sharing/exchange-journal.ts'
import type { ExchangeRecord } from './sharing/exchange-journal.ts'
import { ExchangeRoutes } from './sharing/exchange-routes.ts'
import { ShareClient } from './sharing/share-client.ts'

/** Feeds, exports and sharing of a running layer. */
export interface OpenFeeds {
  /** For the Local API. */
  readonly routes: readonly Route[]
  /** For `GET /v1/status`. */
  states(): unknown
  /** Brings decisions in line again, when allow-lists changed. */
  reconcile(): void
  stop(): Promise<void>
}

/** What feeds act upon. */
export interface FeedParts {
  readonly store: DecisionStore
  readonly gate: DecisionGate
  readonly neverBan: NeverBan
  readonly allowLists: AllowLists
  readonly onAct: (act: Act) => void
}

type Context = PartContext<DetectionConfig>

/** Hosts that the configuration names: they alone may be loopback or private. */
function namedHosts({ lists, share }: FeedsConfig): readonly string[] {
  const urls = [...lists.flatMap(({ url, signature }) => [url, signature?.url ?? '']), share?.exchange ?? '']
  return urls.flatMap((url) => (URL.canParse(url) ? [new URL(url).hostname.replace(/^\[|\]$/g, '')] : []))
}

function makeFeeds(context: Context, config: FeedsConfig, outbound: Outbound): readonly Feed[] {
  const folder = join(context.dataDir, 'feeds')
  if (config.lists.length > 0) ensurePrivateFolder(folder)
  return config.lists.map((feed) => {
    // A list from another address is another list, whatever its name.
    const identity = createHash('sha256')
      .update(`${feed.name} ${feed.format} ${feed.url}`)
      .digest('hex')
      .slice(0, 16)
    return new Feed({
      config: feed,
      path: join(folder, `${identity}.json`),
      outbound,
      now: () => context.clock.now(),
      secret: feed.key === undefined ? undefined : readSecret(feed.key),
    })
  })
}

/** An exchange with its state in the data folder. */
async function openExchange(
  context: Context,
  config: ExchangeConfig,
  { neverBan, allowLists, onAct }: FeedParts,
): Promise<{ readonly routes: readonly Route[]; close(): Promise<void> }> {
  const path = join(context.dataDir, 'exchange.ndjson')
  const log = new LateLog<ExchangeRecord>()
  const exchange = new Exchange({
    config,
    now: () => context.clock.now(),
    isProtected: (address) =>
      neverBan.reasonFor(address) !== undefined || allowLists.reasons(address).length > 0,
    append: (record) => log.append(record),
    records: readExchangeLog(path),
  })
  await log.open(context, path, () => exchange.records())
  const kept = (): Promise<void> => within(context.clock, keptWithinMs, log.flush())
  return {
    routes: new ExchangeRoutes({ exchange, kept, onAct }).routes(),
    close: () => log.close(),
  }
}

/** Starts what the section `detection.feeds` names; exports are there without it. */
export async function openFeeds(context: Context, config: FeedsConfig, parts: FeedParts): Promise<OpenFeeds> {
  const { clock, log, keys } = context
  const { store, gate, onAct } = parts
  const now = (): number => clock.now()
  const outbound = createOutbound({ namedHosts: namedHosts(config) })
  const feeds = makeFeeds(context, config, outbound)
  const isSimulated = (): boolean => context.mode() === 'monitor'
  const book = new FeedBook({ feeds, threshold: config.threshold, store, gate, now, isSimulated })
  const onHeld = (name: string, { added, removed }: { added: number; removed: number }): void =>
    onAct({
      op: 'feed-held',
      actor: 'detection',
      reason: `${name}: ${added} more and ${removed} fewer wait for approval`,
    })
  const service = new FeedService({ feeds, book, clock, log, onHeld })
  const exchange =
    config.exchange === undefined ? undefined : await openExchange(context, config.exchange, parts)
  const client =
    config.share === undefined
      ? undefined
      : new ShareClient({
          exchange: config.share.exchange,
          reporter: config.share.name,
          sign: (text) => keys.sign(text),
          store,
          outbound,
          clock,
          log,
        })
  service.start()
  return {
    routes: [
      ...new ExportRoutes(store, now).routes(),
      ...new FeedRoutes(service, onAct, keys.publicKey).routes(),
      ...(exchange === undefined ? [] : exchange.routes),
    ],
    states: () => service.statuses(),
    reconcile: () => service.reconcile(),
    stop: async () => void (await Promise.all([service.stop(), client?.stop(), exchange?.close()])),
  }
}
