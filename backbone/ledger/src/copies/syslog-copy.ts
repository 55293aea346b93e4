import { hostname } from 'node:os'
import { connect } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import type { CopyBatch, CopyTarget } from './copy-target.ts'

/** A syslog server that takes RFC 5424 messages over TLS (RFC 5425). */
export interface SyslogCopyOptions {
  readonly host: string
  readonly port: number
  /** Authorities in PEM; default those of Node. */
  readonly ca?: string
  /** Client certificate and key in PEM, when the server asks for one. */
  readonly certificate?: string
  readonly key?: string
}

/** Longest wait for the connection and for a batch to leave, in milliseconds. */
export const syslogTimeoutMs = 15_000

// RFC 5424 section 6.2.1: facility 13 (log audit), severity 6 (informational).
const priority = 13 * 8 + 6
const reporting =
  hostname()
    .replace(/[^\x21-\x7e]/g, '-')
    .slice(0, 255) || '-'

function timeOf(line: string): string {
  return /"@timestamp":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z)"/.exec(line)?.[1] ?? '-'
}

/**
 * One entry as a frame: octet count, blank, message (RFC 5425 section 4.3). The number of the entry stands in
 * structured data, so that a gap or a repeat is seen on the other side.
 */
export function syslogFrame(index: number, line: string): string {
  // 32473 is the enterprise number for documentation (RFC 5612); the element is our own.
  const data = `[ledger@32473 entry="${index}"]`
  const message = `<${priority}>1 ${timeOf(line)} ${reporting} sevenfold - ledger ${data} ${line}`
  return `${Buffer.byteLength(message)} ${message}`
}

function open(options: SyslogCopyOptions): Promise<TLSSocket> {
  const { host, port, ca, certificate: cert, key } = options
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port,
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined || key === undefined ? {} : { cert, key }),
    })
    const timer = setTimeout(
      () => socket.destroy(new Error('the syslog server does not answer')),
      syslogTimeoutMs,
    )
    const settle = (error?: Error): void => {
      clearTimeout(timer)
      if (error === undefined) resolve(socket)
      else reject(error)
    }
    socket.once('secureConnect', () => settle())
    socket.once('error', settle)
    socket.resume()
  })
}

function write(socket: TLSSocket, bytes: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => socket.destroy(new Error('the syslog server does not read')),
      syslogTimeoutMs,
    )
    socket.write(bytes, (error) => {
      clearTimeout(timer)
      if (error === null || error === undefined) resolve()
      else reject(error)
    })
  })
}

/**
 * Copies entries to a syslog server. Syslog acknowledges nothing: a batch counts when the system took it on an
 * authenticated connection. After a broken connection the last batch is sent once more, so repeats are possible and
 * named by their number; losses would show as a gap.
 */
export function createSyslogCopy(name: string, options: SyslogCopyOptions): CopyTarget {
  let socket: TLSSocket | undefined
  let last: CopyBatch | undefined
  const send = async (target: TLSSocket, { first, lines }: CopyBatch): Promise<void> => {
    await write(target, lines.map((line, offset) => syslogFrame(first + offset, line)).join(''))
  }
  return {
    name,
    send: async (batch) => {
      if (socket === undefined || socket.destroyed || !socket.writable) {
        const opened = await open(options)
        opened.on('error', () => undefined) // the next write says so
        opened.once('close', () => {
          if (socket === opened) socket = undefined
        })
        socket = opened
        if (last !== undefined) await send(opened, last)
      }
      await send(socket, batch)
      last = batch
    },
    close: () => {
      const closing = socket
      socket = undefined
      if (closing === undefined || closing.destroyed) return Promise.resolve()
      return new Promise((resolve) => {
        closing.once('close', () => resolve())
        closing.end()
        setTimeout(() => closing.destroy(), 1000).unref()
      })
    },
  }
}
