import { execFileSync, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { end, freePort, waitForPort } from './nginx.ts'

/** A proxy that is measured beside ours. */
export interface PeerProxy {
  readonly name: string
  readonly pid: number
  readonly port: number
  stop(): Promise<void>
}

/** True when a program is installed. */
export function isInstalled(program: string): boolean {
  try {
    execFileSync('which', [program], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

async function start(name: string, command: readonly string[], port: number): Promise<PeerProxy> {
  const child = spawn('taskset', ['-c', '0', ...command], { stdio: 'ignore' })
  await waitForPort(port)
  return { name, pid: child.pid ?? 0, port, stop: () => end(child) }
}

async function haproxy(folder: string, upstream: number): Promise<PeerProxy> {
  const port = await freePort()
  const path = join(folder, 'haproxy.cfg')
  writeFileSync(
    path,
    `global
    nbthread 1
defaults
    mode http
    timeout connect 3s
    timeout client 30s
    timeout server 30s
    option forwardfor
frontend f
    bind 127.0.0.1:${port} backlog 4096
    default_backend b
backend b
    http-reuse always
    server s 127.0.0.1:${upstream}
`,
  )
  return start('HAProxy', ['haproxy', '-db', '-f', path], port)
}

async function caddy(folder: string, upstream: number): Promise<PeerProxy> {
  const port = await freePort()
  const path = join(folder, 'Caddyfile')
  writeFileSync(
    path,
    `{
	admin off
	auto_https off
}
http://:${port} {
	bind 127.0.0.1
	reverse_proxy 127.0.0.1:${upstream}
}
`,
  )
  return start('Caddy', ['caddy', 'run', '--config', path, '--adapter', 'caddyfile'], port)
}

/** Starts the further proxies that are installed; they are shown, and no limit hangs on them. */
export async function startPeers(folder: string, upstream: number): Promise<PeerProxy[]> {
  const peers: PeerProxy[] = []
  if (isInstalled('haproxy')) peers.push(await haproxy(folder, upstream))
  if (isInstalled('caddy')) peers.push(await caddy(folder, upstream))
  return peers
}
