import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { getRequestListener } from '@hono/node-server'
import type { ConsoleConfig } from '@sevenfold/config'
import { defineLayer, listenOnSocket } from '@sevenfold/layer'
import type { Layer, PartContext, RunningLayer } from '@sevenfold/layer'
import { createTrustedTest } from './access/trusted.ts'
import { createSocketBackend } from './backend/socket-backend.ts'
import { createAdminServer } from './http/admin-socket.ts'
import { loadAssets } from './http/assets.ts'
import { createConsoleApp } from './http/console-app.ts'
import type { ConsoleServices } from './http/console-routes.ts'
import { eventOfAct } from './record-act.ts'
import { OneTimeLinks } from './session/one-time-links.ts'
import { Sessions } from './session/sessions.ts'
import { createUserFile } from './session/user-file.ts'
import { Users } from './session/users.ts'

/** Limits of the listener: nothing that a browser needs comes near them. */
const serverLimits = {
  maxHeaderSize: 16_384,
  headersTimeout: 5_000,
  requestTimeout: 15_000,
  connectionsCheckingInterval: 1_000,
}
const maxConnections = 256

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

async function start(context: PartContext<ConsoleConfig>): Promise<RunningLayer<ConsoleConfig>> {
  const { config, clock } = context
  if (config.trusted.length > 0 && config.listen.host !== '127.0.0.1' && config.listen.host !== '::1') {
    throw new Error(
      'the console listens beyond loopback only behind TLS, which is not there yet; use a tunnel to loopback',
    )
  }
  const sources = { now: () => clock.now(), newToken: () => randomBytes(32).toString('base64url') }
  const links = new OneTimeLinks(sources)
  const users = new Users(createUserFile(join(context.dataDir, 'users.json')))
  const server = createServer(serverLimits)
  server.maxConnections = maxConnections
  const port = await listen(server, config.listen.host, config.listen.port)
  const url = `http://${config.listen.host.includes(':') ? `[${config.listen.host}]` : config.listen.host}:${port}/`
  const services: ConsoleServices = {
    backend: createSocketBackend(context.rootDir),
    links,
    users,
    sessions: new Sessions(sources, { idleMs: config.sessionIdleMs, maxMs: config.sessionMaxMs }),
    assets: loadAssets(fileURLToPath(new URL('../dist/web', import.meta.url))),
    gate: { hosts: config.hosts.map((host) => host.toLowerCase()), port },
    isTrustedPeer: createTrustedTest(config.trusted),
    secure: false,
    now: sources.now,
    log: context.log,
    record: (act) => context.emit(eventOfAct(context.events, act)),
  }
  const app = createConsoleApp(services)
  server.on('request', getRequestListener(app.fetch, { overrideGlobalObjects: false }))
  const admin = createAdminServer({ links, users, linkUrl: (token) => `${url}#login=${token}` })
  await listenOnSocket(admin, join(context.dataDir, 'admin.sock'))
  return {
    selfTest: async () => ({ ok: services.assets.size > 0, details: { assets: services.assets.size } }),
    stop: async () => {
      await Promise.all([close(server), close(admin)])
    },
    listening: [{ name: 'console', url }],
  }
}

function parseConfig(value: unknown): ConsoleConfig {
  const config = value as ConsoleConfig // compiled and checked by core/config, in a folder that only we can write
  if (config?.v !== 1 || typeof config.listen?.port !== 'number')
    throw new Error('not a compiled console configuration')
  return config
}

/** The console as a part of the house. It holds no defence: when it is down, nothing else changes. */
export const consoleLayer: Layer<ConsoleConfig> = defineLayer({ name: 'console', parseConfig, start })
