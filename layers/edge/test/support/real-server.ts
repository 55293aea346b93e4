import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import net from 'node:net'
import { fileURLToPath } from 'node:url'

const searchPath = `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin`

/** True when a program is installed. */
export function isInstalled(program: string): boolean {
  try {
    execFileSync('which', [program], { stdio: 'ignore', env: { ...process.env, PATH: searchPath } })
    return true
  } catch {
    return false
  }
}

/** An example of docs/edge with other addresses in place of its own. */
export function exampleText(name: string, replace: Readonly<Record<string, string>>): string {
  let text = readFileSync(fileURLToPath(new URL(`../../../../docs/edge/${name}`, import.meta.url)), 'utf8')
  for (const [from, to] of Object.entries(replace)) {
    if (!text.includes(from)) throw new Error(`${name} does not contain ${from}`)
    text = text.replaceAll(from, to)
  }
  return text
}

/** A server of the system that runs for a test. */
export class RealServer {
  private readonly child: ChildProcess
  private output = ''

  private constructor(child: ChildProcess) {
    this.child = child
    child.stderr?.on('data', (chunk) => (this.output += String(chunk)))
    child.stdout?.on('data', (chunk) => (this.output += String(chunk)))
  }

  /** Starts a program and waits until its port (or Unix socket) accepts. */
  static async start(command: readonly string[], where: number | string, cwd?: string): Promise<RealServer> {
    const [program = '', ...args] = command
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PATH: searchPath },
      ...(cwd === undefined ? {} : { cwd }),
    })
    const server = new RealServer(child)
    const deadline = performance.now() + 20_000
    while (!(await accepts(where))) {
      if (child.exitCode !== null || performance.now() > deadline) {
        child.kill('SIGKILL')
        throw new Error(`${program} does not start: ${server.output}`)
      }
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    return server
  }

  get said(): string {
    return this.output
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const exit = once(this.child, 'exit')
    this.child.kill('SIGTERM')
    const late = setTimeout(() => this.child.kill('SIGKILL'), 3000)
    await exit
    clearTimeout(late)
  }
}

function accepts(where: number | string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = typeof where === 'number' ? net.connect(where, '127.0.0.1') : net.connect(where)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

/** The frame of an nginx configuration around `http`, everything below `folder`. */
export function nginxConf(folder: string, http: string): string {
  const user = process.getuid?.() === 0 ? 'user root; ' : ''
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${folder}/${kind};`)
    .join(' ')
  return `${user}daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
events { worker_connections 512; }
http { access_log off; ${temporary}
${http}
}
`
}
