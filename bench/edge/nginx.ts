import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import net from 'node:net'
import { join } from 'node:path'

/** A running nginx. */
export interface Nginx {
  readonly pid: number
  readonly port: number
  stop(): Promise<void>
}

/** A free port of loopback; another program could take it in between, which then shows as an error. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}

/** Waits until something accepts on the port. */
export async function waitForPort(port: number): Promise<void> {
  const deadline = Date.now() + 60_000
  for (;;) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => {
        socket.destroy()
        resolve(true)
      })
      socket.once('error', () => resolve(false))
    })
    if (open) return
    if (Date.now() > deadline) throw new Error(`nothing listens on port ${port}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Ends a child and waits for it. */
export function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve()
    else {
      child.once('exit', () => resolve())
      child.kill('SIGTERM')
    }
  })
}

/** How an nginx is set up. */
export interface NginxChoice {
  readonly core: number
  readonly http: (port: number) => string
  /** Lines before everything else: modules. */
  readonly before?: string
  /** Most open connections; default 2048. */
  readonly connections?: number
}

/** Starts an nginx with one worker process. */
export async function startNginx(folder: string, name: string, choice: NginxChoice): Promise<Nginx> {
  const { core, http, before = '', connections = 2048 } = choice
  const port = await freePort()
  const path = join(folder, `${name}.conf`)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${join(folder, `${name}-${kind}`)};`)
    .join(' ')
  // Started by root, the worker would give up its rights and could not read the benchmark's own folder.
  const user = process.getuid?.() === 0 ? 'user root; ' : ''
  writeFileSync(
    path,
    `${before}${user}daemon off; worker_processes 1; pid ${join(folder, `${name}.pid`)}; error_log ${join(folder, `${name}.err`)};
events { worker_connections ${connections}; }
http { ${temporary} keepalive_requests 1000000000; ${http(port)} }
`,
  )
  const child = spawn(
    'taskset',
    ['-c', String(core), 'nginx', '-e', join(folder, `${name}.err`), '-c', path],
    {
      stdio: 'ignore',
    },
  )
  await waitForPort(port)
  return { pid: child.pid ?? 0, port, stop: () => end(child) }
}

/** The upstream: answers every path with `bytes` bytes, small ones from memory, larger ones from a file. */
export function startUpstream(folder: string, bytes: number): Promise<Nginx> {
  const body = 'a'.repeat(bytes)
  writeFileSync(join(folder, 'body.txt'), body)
  const answer =
    bytes <= 2048
      ? `return 200 "${body}";`
      : `root ${folder}; rewrite ^ /body.txt break; sendfile on; open_file_cache max=10;`
  return startNginx(folder, 'upstream', {
    core: 1,
    http: (port) =>
      `access_log off; server { listen 127.0.0.1:${port} backlog=4096; location = /small { return 200 "ok"; } location / { ${answer} } }`,
  })
}

/**
 * The peer: a reverse proxy as it is usually set up, with or without its access log.
 * @param more further lines of its section `http`.
 */
export function startProxy(
  folder: string,
  upstream: number,
  log: boolean,
  more: { readonly lines?: string; readonly connections?: number } = {},
): Promise<Nginx> {
  const name = log ? 'proxy-log' : 'proxy'
  const { lines = '', connections = 2048 } = more
  const access = log ? `access_log ${join(folder, 'access.log')} combined` : 'access_log off'
  return startNginx(folder, name, {
    core: 0,
    connections,
    http: (port) =>
      `${access}; ${lines} upstream u { server 127.0.0.1:${upstream}; keepalive 128; keepalive_requests 1000000000; }
server { listen 127.0.0.1:${port} backlog=4096; location / { proxy_pass http://u; proxy_http_version 1.1;
proxy_set_header Connection ""; proxy_set_header Host $host; proxy_set_header X-Forwarded-For $remote_addr;
proxy_set_header X-Request-Id $request_id; } }`,
  })
}
