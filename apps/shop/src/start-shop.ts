import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server, ServerOptions } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startControlServer } from './control/control-server.ts'
import { openDatabase } from './database/database.ts'
import type { DatabaseAddress } from './database/database.ts'
import { createRowReset } from './database/reset-rows.ts'
import type { FlawId } from './flaws/flaw.ts'
import { answer } from './http/answer.ts'
import { openRequestLog } from './log/request-log.ts'
import { isLoopback, parseLoopbackListen } from './net/loopback.ts'
import type { Shop } from './shop.ts'
import { dataFolder } from './state/data-folder.ts'
import { Holds } from './state/holds.ts'
import { makeCollections } from './state/partners.ts'
import { loginVictim, resetShop, shopState } from './state/reset-shop.ts'
import { makeSecrets } from './state/secrets.ts'
import { openWarehouse } from './state/warehouse.ts'
import { createSessionStore } from './state/session-store.ts'

/** How to start a shop. */
export interface ShopOptions {
  /** Loopback address and port, such as `127.0.0.1:7790`; port 0 takes a free one. */
  readonly listen: string
  readonly database: DatabaseAddress
  /** Folder for downloads, uploads and the key file; emptied at start. */
  readonly dataDir: string
  /** JSON lines of requests and logins; undefined keeps none. */
  readonly logPath?: string | undefined
  /** Unix socket for reset and state; undefined: none. */
  readonly controlPath?: string | undefined
  readonly trustProxy?: boolean
  readonly hosts?: readonly string[]
  /** Flaws to leave out, or `all`. */
  readonly patched?: readonly FlawId[] | 'all'
  /** Makes the secrets of the first reset foreseeable. */
  readonly seed?: string | undefined
}

/** A running shop. */
export interface RunningShop {
  /** Such as `http://127.0.0.1:7790`. */
  readonly url: string
  readonly port: number
  readonly shop: Shop
  reset(seed?: string): Promise<void>
  close(): Promise<void>
}

function isPatched(options: ShopOptions, flaw: FlawId): boolean {
  return options.patched === 'all' || (options.patched ?? []).includes(flaw)
}

function makeShop(options: ShopOptions): Shop {
  const secrets = makeSecrets(options.seed ?? randomBytes(16).toString('hex'))
  const database = openDatabase(options.database)
  const shop: Shop = {
    database,
    rows: createRowReset(database),
    folder: dataFolder(options.dataDir),
    sessions: createSessionStore(!isPatched(options, 'session-predictable')),
    log: openRequestLog(options.logPath),
    weak: (flaw) => !isPatched(options, flaw),
    secrets,
    collections: makeCollections(secrets),
    holds: new Holds(),
    warehouse: openWarehouse(() => shop.secrets.paymentKey),
  }
  return shop
}

function listen(server: Server, address: { readonly host: string; readonly port: number }): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(address.port, address.host, () => resolve((server.address() as AddressInfo).port))
  })
}

function close(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}

/** Most open connections of the weak shop. */
export const weakConnections = 400

/** Longest time for a request head in the patched shop, in milliseconds. */
export const headTimeoutMs = 1500

/**
 * Flaw `slow-client`: few connections, and all the time in the world to send a request. Flaw `smuggle-warehouse`: a parser that lets both
 * lengths of a body pass.
 */
function serverOptions(shop: Shop): ServerOptions {
  const times = shop.weak('slow-client')
    ? { headersTimeout: 0, requestTimeout: 0 }
    : { headersTimeout: headTimeoutMs, requestTimeout: 30_000, connectionsCheckingInterval: 200 }
  return { ...times, insecureHTTPParser: shop.weak('smuggle-warehouse') }
}

function serve(shop: Shop, options: ShopOptions): Server {
  const settings = { trustProxy: options.trustProxy ?? false, hosts: new Set(options.hosts ?? []) }
  const server = createServer(serverOptions(shop), (request, response) => {
    void answer(shop, { request, response }, settings)
  })
  if (shop.weak('slow-client')) server.maxConnections = weakConnections
  // A second wall behind the listen check: a forwarded or misconfigured listener still serves nobody else.
  server.on('connection', (socket) => {
    if (!isLoopback(socket.remoteAddress ?? '') || !isLoopback(socket.localAddress ?? '')) socket.destroy()
  })
  return server
}

/** Starts the shop on a loopback address. Rejects for any other address, a taken port or a missing database. */
export async function startShop(options: ShopOptions): Promise<RunningShop> {
  const address = parseLoopbackListen(options.listen)
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 })
  const shop = makeShop(options)
  const random = (): string => randomBytes(16).toString('hex')
  const open: Server[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(open.map(close))
    await shop.database.close()
    await shop.log.close()
  }
  try {
    await resetShop(shop, options.seed ?? random())
    const server = serve(shop, options)
    const port = await listen(server, address)
    open.push(server)
    if (options.controlPath !== undefined) {
      const actions = {
        reset: (seed?: string) => resetShop(shop, seed ?? random()),
        state: () => shopState(shop),
        victim: (user: string) => loginVictim(shop, user),
      }
      open.push(await startControlServer(options.controlPath, actions))
    }
    const host = address.host.includes(':') ? `[${address.host}]` : address.host
    return {
      url: `http://${host}:${port}`,
      port,
      shop,
      reset: async (seed) => void (await resetShop(shop, seed ?? random())),
      close: stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
