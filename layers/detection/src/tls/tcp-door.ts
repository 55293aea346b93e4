import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Server as SecureServer } from 'node:https'
import type { DetectionConfig } from '@sevenfold/config'
import type { PartContext } from '@sevenfold/layer'
import { Reminder } from '../desk/reminder.ts'
import {
  closeServer,
  createLimitedSecureServer,
  createLimitedServer,
  listenOnAddress,
  secureContext,
} from '../servers.ts'
import type { ApiServer } from '../servers.ts'
import { plainAddress } from './client-certificate.ts'
import { createPeerCheck } from './peers.ts'
import { loadTls, tlsStamp } from './tls-files.ts'
import { TlsReloader } from './tls-reloader.ts'

type Context = PartContext<DetectionConfig>
type Handle = (request: IncomingMessage, response: ServerResponse) => void

/** The Local API over TCP as it listens. */
export interface TcpDoor {
  readonly url: string
  close(): Promise<void>
}

/** Throws an `Error` when the Local API would be open to other machines without encryption. */
export function checkDoor({ listen: { host, port }, tls }: DetectionConfig['api']): void {
  if (tls !== undefined || host === '::1' || host.startsWith('127.')) return
  throw new Error(
    `detection.api.listen ${host}:${port} is reachable from other machines, which needs detection.api.tls (certificate and key); without it, listen on 127.0.0.1 and use a tunnel`,
  )
}

interface Encrypted {
  readonly server: SecureServer
  readonly reloader: TlsReloader
}

function openEncrypted(context: Context, files: NonNullable<DetectionConfig['api']['tls']>): Encrypted {
  const stamp = tlsStamp(files)
  const loaded = loadTls(files)
  const server = createLimitedSecureServer(loaded.context, files.clients !== undefined)
  const tell = (expiresMs: number): void =>
    context.setExpiry({ certificates: new Date(expiresMs).toISOString() })
  tell(loaded.expiresMs)
  const reloader = new TlsReloader(
    {
      files,
      clock: context.clock,
      use: (fresh) => {
        server.setSecureContext(secureContext(fresh))
        // Whoever is revoked by now, or of an authority that is gone, must not stay because it was there before.
        if (files.clients !== undefined) server.closeAllConnections()
      },
      onLoaded: ({ expiresMs }) => {
        tell(expiresMs)
        context.log.info('api-certificates-changed', { certificate: files.certificate })
      },
      onProblem: (error) => {
        context.log.error('api-certificates-not-loaded', { error })
        const why = error instanceof Error ? error.message : String(error)
        const message = `the Local API goes on with the certificates that it had: ${why}`
        context.emit(context.events.notice('api-certificates-not-loaded', message, 70))
      },
    },
    stamp,
  )
  return { server, reloader }
}

/** Drops connections of peers that no network of `admin.trusted` holds, before anything is read from them. */
function guardPeers(context: Context, server: ApiServer): void {
  const mayConnect = createPeerCheck(context.config.trusted)
  const reminder = new Reminder(() => context.clock.now())
  server.on('connection', (socket) => {
    if (mayConnect(socket.remoteAddress)) return
    const address = plainAddress(socket.remoteAddress)
    socket.destroy()
    if (reminder.isDue(address))
      context.log.warn('api-peer-refused', { address, remedy: 'name its network in admin.trusted' })
  })
}

/** Opens the Local API over TCP, encrypted when the configuration says so. Throws for files that cannot be used. */
export async function openTcpDoor(context: Context, handle: Handle): Promise<TcpDoor> {
  const { listen, tls } = context.config.api
  const encrypted = tls === undefined ? undefined : openEncrypted(context, tls)
  const server: ApiServer = encrypted?.server ?? createLimitedServer()
  server.on('request', handle)
  guardPeers(context, server)
  try {
    const port = await listenOnAddress(server, listen)
    const host = listen.host.includes(':') ? `[${listen.host}]` : listen.host
    return {
      url: `${tls === undefined ? 'http' : 'https'}://${host}:${port}/`,
      close: async () => {
        encrypted?.reloader.stop()
        await closeServer(server)
      },
    }
  } catch (error) {
    encrypted?.reloader.stop()
    throw error
  }
}
