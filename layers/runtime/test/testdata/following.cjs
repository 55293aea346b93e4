'use strict'
// Opens the file that a request names after its answer has begun, from places that a request must be followed to.
const fs = require('node:fs')
const http = require('node:http')

let opened = ''
function open(path) {
  fs.readFile(path, (error) => {
    opened = error === null ? 'read' : error.code
  })
}

const ways = {
  finish: (_request, response, path) => response.on('finish', () => open(path)),
  close: (_request, response, path) => response.on('close', () => open(path)),
  'request-close': (request, _response, path) => request.on('close', () => open(path)),
  tick: (_request, _response, path) => process.nextTick(() => open(path)),
  'tick-arguments': (request, response, path) =>
    process.nextTick((_request, _response, named) => open(named), request, response, path),
  immediate: (_request, _response, path) => setImmediate(() => open(path)),
  timer: (_request, _response, path) => setTimeout(() => open(path), 1),
  microtask: (_request, _response, path) => queueMicrotask(() => open(path)),
  promise: async (_request, _response, path) => {
    await null
    open(path)
  },
  file: (_request, _response, path) => fs.stat(__filename, () => open(path)),
  stream: (_request, _response, path) => fs.createReadStream(__filename).on('close', () => open(path)).resume(),
}

const server = http.createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://own')
  if (pathname === '/opened') return response.end(opened)
  opened = ''
  request.resume()
  // The answer is whole before anything is opened: the request is no longer among those in flight.
  const way = ways[pathname.slice(1)]
  if (pathname.endsWith('finish') || pathname.endsWith('close')) way(request, response, searchParams.get('q'))
  response.end('ok')
  if (!pathname.endsWith('finish') && !pathname.endsWith('close')) way(request, response, searchParams.get('q'))
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`port ${server.address().port}\n`))
