import { Buffer } from 'node:buffer'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { freePort } from '../support/free-port.ts'
import { RealServer, isInstalled, nginxConf } from '../support/real-server.ts'

/** A service that answers `method|target|body`, as it understood the request. */
export interface EchoService {
  readonly port: number
  stop(): Promise<void>
}

/** A kind of service: what it needs, and how it is started below a folder of its own. */
export interface EchoKind {
  readonly name: string
  readonly programs: readonly string[]
  start(folder: string): Promise<EchoService>
  /** How the service writes bytes that its log form does not show as they are. */
  shows?(text: string): string
}

const apacheModules = '/usr/lib/apache2/modules'

async function node(): Promise<EchoService> {
  const server = http.createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.once('end', () => {
      const body = Buffer.concat(pieces)
      response.end(Buffer.concat([Buffer.from(`${request.method}|${request.url}|`, 'latin1'), body]))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

async function started(command: readonly string[], port: number, folder: string): Promise<EchoService> {
  const server = await RealServer.start(command, port, folder)
  return { port, stop: () => server.stop() }
}

async function nginx(folder: string): Promise<EchoService> {
  const port = await freePort()
  // The body is printed by the echo module; it needs to be read first.
  const load = `load_module /usr/lib/nginx/modules/ngx_http_echo_module.so;\n`
  const server = `server { listen 127.0.0.1:${port}; keepalive_requests 100000; merge_slashes off; client_body_buffer_size 64k;
location / { default_type text/plain; echo_read_request_body; echo -n "$request_method|$request_uri|"; echo_request_body; } }`
  writeFileSync(join(folder, 'nginx.conf'), load + nginxConf(folder, server))
  return started(['nginx', '-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')], port, folder)
}

async function haproxy(folder: string): Promise<EchoService> {
  const port = await freePort()
  writeFileSync(
    join(folder, 'haproxy.cfg'),
    `defaults
    mode http
    timeout client 10s
    timeout http-request 10s
    option http-buffer-request
frontend echo
    bind 127.0.0.1:${port}
    http-request return status 200 content-type text/plain lf-string "%[method]|%[url]|%[req.body]"
`,
  )
  return started(['haproxy', '-f', 'haproxy.cfg'], port, folder)
}

async function caddy(folder: string): Promise<EchoService> {
  const port = await freePort()
  writeFileSync(
    join(folder, 'Caddyfile'),
    `{
	admin off
	auto_https off
}
http://:${port} {
	bind 127.0.0.1
	respond "{http.request.method}|{http.request.orig_uri}|{http.request.body}"
}
`,
  )
  return started(['caddy', 'run', '--config', 'Caddyfile', '--adapter', 'caddyfile'], port, folder)
}

async function apache(folder: string): Promise<EchoService> {
  const port = await freePort()
  const script = join(folder, 'echo.cgi')
  writeFileSync(
    script,
    '#!/bin/sh\nprintf \'Content-Type: text/plain\\r\\n\\r\\n%s|%s|\' "$REQUEST_METHOD" "$REQUEST_URI"\ncat\n',
  )
  chmodSync(script, 0o755)
  const modules = ['mpm_event', 'authz_core', 'alias', 'cgid']
  const loads = modules.map((name) => `LoadModule ${name}_module ${apacheModules}/mod_${name}.so`).join('\n')
  writeFileSync(
    join(folder, 'apache.conf'),
    `ServerRoot ${folder}
ServerName a
PidFile ${folder}/apache.pid
ErrorLog ${folder}/apache.log
${loads}
${process.getuid?.() === 0 ? 'User www-data\nGroup www-data' : ''}
Listen 127.0.0.1:${port}
ScriptSock ${folder}/cgi.sock
MaxKeepAliveRequests 0
KeepAliveTimeout 30
AllowEncodedSlashes NoDecode
ScriptAliasMatch ^ ${script}
<Directory ${folder}>
Require all granted
</Directory>
`,
  )
  chmodSync(folder, 0o755)
  return started(['apache2', '-f', join(folder, 'apache.conf'), '-DFOREGROUND'], port, folder)
}

async function php(folder: string): Promise<EchoService> {
  const port = await freePort()
  const root = process.getuid?.() === 0
  writeFileSync(
    join(folder, 'echo.php'),
    "<?php header('Content-Type: text/plain'); echo $_SERVER['REQUEST_METHOD'].'|'.$_SERVER['REQUEST_URI'].'|'.file_get_contents('php://input');\n",
  )
  writeFileSync(
    join(folder, 'fpm.conf'),
    `[global]
error_log = ${folder}/fpm.log
daemonize = no
[www]
${root ? 'user = root\ngroup = root\n' : ''}listen = ${folder}/fpm.sock
pm = static
pm.max_children = 2
`,
  )
  const socket = join(folder, 'fpm.sock')
  const args = ['php-fpm8.2', ...(root ? ['-R'] : []), '-n', '-y', join(folder, 'fpm.conf')]
  const fpm = await RealServer.start(args, socket, folder)
  const server = `server { listen 127.0.0.1:${port}; keepalive_requests 100000; merge_slashes off;
location / { fastcgi_pass unix:${socket}; fastcgi_param SCRIPT_FILENAME ${folder}/echo.php; fastcgi_param REQUEST_METHOD $request_method;
fastcgi_param REQUEST_URI $request_uri; fastcgi_param CONTENT_TYPE text/plain; fastcgi_param CONTENT_LENGTH $content_length; } }`
  writeFileSync(join(folder, 'nginx.conf'), nginxConf(folder, server))
  const front = await started(
    ['nginx', '-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')],
    port,
    folder,
  )
  return {
    port,
    stop: async () => {
      await front.stop()
      await fpm.stop()
    },
  }
}

async function gunicorn(folder: string): Promise<EchoService> {
  const port = await freePort()
  writeFileSync(
    join(folder, 'echo.py'),
    `def app(environ, start):
    body = environ['wsgi.input'].read()
    head = (environ['REQUEST_METHOD'] + '|' + environ['RAW_URI'] + '|').encode('latin1')
    start('200 OK', [('Content-Type', 'text/plain'), ('Content-Length', str(len(head) + len(body)))])
    return [head + body]
`,
  )
  const args = [
    'gunicorn',
    '-b',
    `127.0.0.1:${port}`,
    '-k',
    'gthread',
    '--threads',
    '2',
    '--keep-alive',
    '30',
    'echo:app',
  ]
  return started(args, port, folder)
}

async function uvicorn(folder: string): Promise<EchoService> {
  const port = await freePort()
  writeFileSync(
    join(folder, 'echo.py'),
    `async def app(scope, receive, send):
    if scope['type'] != 'http':
        return
    body = b''
    while True:
        message = await receive()
        body += message.get('body', b'')
        if not message.get('more_body'):
            break
    target = scope['raw_path'] + (b'?' + scope['query_string'] if scope['query_string'] else b'')
    data = scope['method'].encode() + b'|' + target + b'|' + body
    await send({'type': 'http.response.start', 'status': 200, 'headers': [(b'content-length', str(len(data)).encode())]})
    await send({'type': 'http.response.body', 'body': data})
`,
  )
  const args = [
    'uvicorn',
    '--host',
    '127.0.0.1',
    '--port',
    String(port),
    '--timeout-keep-alive',
    '30',
    '--log-level',
    'warning',
    'echo:app',
  ]
  return started(args, port, folder)
}

/** The services of the comparison. */
export const echoKinds: readonly EchoKind[] = [
  { name: 'node', programs: [], start: node },
  { name: 'nginx', programs: ['nginx'], start: nginx },
  {
    name: 'HAProxy',
    programs: ['haproxy'],
    start: haproxy,
    shows: (text) =>
      text.replaceAll(
        /[\x00-\x1f\x7f]/g,
        (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
      ),
  },
  { name: 'Caddy', programs: ['caddy'], start: caddy },
  { name: 'Apache', programs: ['apache2'], start: apache },
  { name: 'php-fpm', programs: ['php-fpm8.2', 'nginx'], start: php },
  { name: 'gunicorn', programs: ['gunicorn'], start: gunicorn },
  {
    name: 'uvicorn',
    programs: ['uvicorn'],
    start: uvicorn,
    // ASGI does not tell an empty query from none.
    shows: (text) => text.replace('?|', '|'),
  },
]

/** True when all programs of a kind are installed. */
export function isThere(kind: EchoKind): boolean {
  const echo = kind.name !== 'nginx' || existsSync('/usr/lib/nginx/modules/ngx_http_echo_module.so')
  return kind.programs.every(isInstalled) && echo
}

/** A folder of its own for a service. */
export function folderOf(base: string, kind: EchoKind): string {
  const folder = join(base, kind.name.toLowerCase().replaceAll(/\W/g, ''))
  mkdirSync(folder, { recursive: true })
  return folder
}
