import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

/** Where a program is; undefined when it is not installed. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/bin']
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}

/** The program that makes namespaces. */
export const ipProgram: string = findProgram('ip') ?? 'ip'

function works(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0
}

/** Why tests in network namespaces cannot run here; undefined when they can. */
export function namespacesMissing(): string | undefined {
  if (process.platform !== 'linux') return 'Linux'
  if (findProgram('ip') === undefined) return 'the program ip'
  if (findProgram('nft') === undefined) return 'the program nft'
  const name = `sf-try-${process.pid}-${randomBytes(3).toString('hex')}`
  if (!works(ipProgram, ['netns', 'add', name])) return 'the right to make network namespaces'
  const isAble = works(ipProgram, ['netns', 'exec', name, 'nft', 'list', 'ruleset'])
  works(ipProgram, ['netns', 'del', name])
  return isAble ? undefined : 'nftables in the kernel'
}

const run = (program: string, ...args: string[]): void => {
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
}

/** A client, a router that forwards a published port, and a server, each in a network namespace of its own. */
export interface Topology {
  readonly client: string
  readonly router: string
  readonly server: string
  /** Addresses of the client. */
  readonly sources: readonly string[]
  /** Published on the router, forwarded to the server. */
  readonly published: { readonly v4: string; readonly v6: string; readonly port: number }
  close(): void
}

const backend = `require('http').createServer((q, r) => r.end('ok')).listen(80, '::', () => process.stdout.write('up'))`

/** Makes the namespaces with their links, routes, the forwarded port, and a server behind it. */
export async function createTopology(): Promise<Topology> {
  // Test files may share a process.
  const mark = randomBytes(3).toString('hex')
  const names = ['c', 'r', 's'].map((part) => `sf${part}-${process.pid}-${mark}`)
  const [client = '', router = '', server = ''] = names
  const ip = (...args: string[]): void => run(ipProgram, ...args)
  for (const name of names) ip('netns', 'add', name)
  const link = (left: string, right: string, number: number): void => {
    ip(
      'link',
      'add',
      `sf${number}a`,
      'netns',
      left,
      'type',
      'veth',
      'peer',
      'name',
      `sf${number}b`,
      'netns',
      right,
    )
    ip('-n', left, 'link', 'set', `sf${number}a`, 'up')
    ip('-n', right, 'link', 'set', `sf${number}b`, 'up')
  }
  for (const name of names) ip('-n', name, 'link', 'set', 'lo', 'up')
  link(client, router, 1)
  link(router, server, 2)
  const sources = ['10.77.1.2', '10.77.1.3', 'fd77:1::2', 'fd77:1::3']
  const address = (name: string, text: string, device: string): void =>
    ip('-n', name, 'addr', 'add', text, 'dev', device, ...(text.includes(':') ? ['nodad'] : []))
  for (const source of sources)
    address(client, source.includes(':') ? `${source}/64` : `${source}/24`, 'sf1a')
  for (const text of ['10.77.1.1/24', 'fd77:1::1/64']) address(router, text, 'sf1b')
  for (const text of ['10.77.2.1/24', 'fd77:2::1/64']) address(router, text, 'sf2a')
  for (const text of ['10.77.2.2/24', 'fd77:2::2/64']) address(server, text, 'sf2b')
  ip('-n', server, 'route', 'add', 'default', 'via', '10.77.2.1')
  ip('-n', server, '-6', 'route', 'add', 'default', 'via', 'fd77:2::1')
  const forward = 'echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding'
  ip('netns', 'exec', router, 'sh', '-c', forward)
  // What Docker does for a published port.
  const rules = `table inet nat {
    chain prerouting {
      type nat hook prerouting priority -100;
      ip daddr 10.77.1.1 tcp dport 8080 dnat ip to 10.77.2.2:80
      ip6 daddr fd77:1::1 tcp dport 8080 dnat ip6 to [fd77:2::2]:80
    }
  }`
  execFileSync(ipProgram, ['netns', 'exec', router, 'nft', '-f', '-'], { input: rules })
  const child = spawnIn(server, [process.execPath, '-e', backend])
  await new Promise((resolve) => child.stdout?.once('data', resolve))
  // IPv6 takes a moment to find that nobody else has the addresses of a new link.
  await until(async () => (await knock(client, 'fd77:1::3', { host: 'fd77:1::1', port: 8080 })) === '200')
  return {
    client,
    router,
    server,
    sources,
    published: { v4: '10.77.1.1', v6: 'fd77:1::1', port: 8080 },
    close: () => {
      child.kill('SIGKILL')
      for (const name of names) works(ipProgram, ['netns', 'del', name])
    },
  }
}

/** Starts a program inside a namespace. */
export function spawnIn(namespace: string, argv: readonly string[]): ChildProcess {
  return spawn(ipProgram, ['netns', 'exec', namespace, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] })
}

// The kernel answers a connection at once, however busy the machine is: no answer means that it was dropped. The timer
// gives way to what has arrived while this process was not running.
const probe = `const [from, host, port] = process.argv.slice(1)
const say = (text) => { console.log(text); process.exit() }
const call = require('http').get({ host, port, localAddress: from, path: '/', agent: false }, (r) => say(r.statusCode))
call.on('error', (error) => say(error.code))
let connected = false
call.on('socket', (socket) => socket.on('connect', () => { connected = true }))
setTimeout(() => setImmediate(() => setImmediate(() => { if (!connected) say('dropped') })), 800)
setTimeout(() => say('no answer'), 20000)`

/** What a request from an address gets: its status, `dropped`, or the code of an error. */
export async function knock(
  namespace: string,
  from: string,
  target: { host: string; port: number },
): Promise<string> {
  const argv = [
    'netns',
    'exec',
    namespace,
    process.execPath,
    '-e',
    probe,
    from,
    target.host,
    String(target.port),
  ]
  return (await promisify(execFile)(ipProgram, argv, { encoding: 'utf8' })).stdout.trim()
}

/** Waits for a condition, for at most `ms`. */
export async function until(test: () => boolean | Promise<boolean>, ms = 10_000): Promise<boolean> {
  const deadline = performance.now() + ms
  while (performance.now() < deadline) {
    if (await test()) return true
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return false
}
