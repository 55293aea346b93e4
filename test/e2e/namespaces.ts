import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'

function ip(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('ip', [...args], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`)
}

/** True where this process may make network namespaces: root on Linux, with iproute2. */
export function canMakeNamespaces(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  const name = `sf-try-${randomBytes(3).toString('hex')}`
  if (spawnSync('ip', ['netns', 'add', name]).status !== 0) return false
  const usable = spawnSync('ip', ['netns', 'exec', name, 'true']).status === 0
  spawnSync('ip', ['netns', 'delete', name])
  return usable
}

/** Hosts as network namespaces, each with a loopback of its own; pairs of them joined by a wire. */
export class Namespaces {
  readonly #id = randomBytes(3).toString('hex')
  readonly #names = new Set<string>()
  readonly #children = new Set<ChildProcess>()
  #wires = 0

  /** Adds a host. */
  add(host: string): void {
    ip('netns', 'add', this.#nameOf(host))
    this.#names.add(host)
    ip('-n', this.#nameOf(host), 'link', 'set', 'lo', 'up')
  }

  /** Joins two hosts; each end has addresses such as `10.77.0.1/24`. */
  wire(left: string, leftAddresses: readonly string[], right: readonly [string, ...string[]]): void {
    const [rightHost, ...rightAddresses] = right
    this.#wires += 1
    const ends = [`sfl${this.#id}${this.#wires}`, `sfr${this.#id}${this.#wires}`] as const
    ip('link', 'add', ends[0], 'type', 'veth', 'peer', 'name', ends[1])
    for (const [host, end, addresses] of [
      [left, ends[0], leftAddresses],
      [rightHost, ends[1], rightAddresses],
    ] as const) {
      const name = this.#nameOf(host)
      ip('link', 'set', end, 'netns', name)
      for (const address of addresses) ip('-n', name, 'address', 'add', address, 'dev', end)
      ip('-n', name, 'link', 'set', end, 'up')
    }
  }

  /** Starts a program on a host. */
  spawn(host: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
    const child = spawn('ip', ['netns', 'exec', this.#nameOf(host), process.execPath, ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    })
    this.#children.add(child)
    child.once('close', () => this.#children.delete(child))
    return child
  }

  /** Ends everything that runs, and removes the hosts. */
  async remove(): Promise<void> {
    await Promise.all(
      [...this.#children].map(async (child) => {
        const closed = new Promise((resolve) => child.once('close', resolve))
        child.kill('SIGTERM')
        const cut = setTimeout(() => child.kill('SIGKILL'), 10_000)
        await closed
        clearTimeout(cut)
      }),
    )
    for (const host of this.#names) spawnSync('ip', ['netns', 'delete', this.#nameOf(host)])
  }

  #nameOf(host: string): string {
    return `sf-${this.#id}-${host}`
  }
}
