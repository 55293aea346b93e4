'use strict'
// Ways of applications that know no errors, keep what a request opened, and split their answers: nothing here handles a refusal.
const childProcess = require('node:child_process')
const fs = require('node:fs')
const http = require('node:http')
const net = require('node:net')
const path = require('node:path')

const folder = process.argv[2]
const inside = (name) => path.join(folder, 'public', name)
const partners = ['https://partner.example/terms']

let note = ''
let line
const waiting = []
const echo = net.createServer((socket) => socket.on('data', () => socket.write('.')))

// One connection for all requests, opened by the first of them.
function overLine(callback) {
  waiting.push(callback)
  line ??= net.connect(echo.address().port, '127.0.0.1').on('data', () => waiting.shift()?.())
  line.write('.')
}

function unpack(body) {
  const length = body.readUInt16LE(26)
  const name = body.subarray(30, 30 + length).toString()
  fs.writeFileSync(path.resolve(folder, 'public', name), 'unpacked')
}

const routes = {
  unhandled: async (response, q) => {
    response.end(await fs.promises.readFile(inside(q)))
  },
  wrapped: async (response, q) => {
    try {
      response.end(await fs.promises.readFile(inside(q)))
    } catch (error) {
      throw Object.assign(new Error('reading failed'), { parent: error })
    }
  },
  throws: (response, q) => {
    fs.readFile(inside(q), (_error, data) => response.end(data.toString()))
  },
  begun: (response, q) => {
    response.writeHead(200, { 'content-type': 'text/plain' })
    response.write('begun ')
    fs.createReadStream(inside(q)).pipe(response)
  },
  'own-fault': (response) => {
    response.end('soon')
    setImmediate(() => {
      throw new Error('a fault of its own')
    })
  },
  redirect: (response, q) => {
    response.writeHead(302, { location: partners.includes(q) ? q : `${q}` })
    response.end()
  },
  keep: (response, q) => {
    note = q
    response.end('kept')
  },
  // As express-session sends a page: all but its last byte before the session is stored.
  split: (response) => {
    const page = Buffer.from(`<p>${note}</p>`)
    response.setHeader('content-type', 'text/html')
    response.setHeader('content-length', page.length)
    response.write(page.subarray(0, -1))
    setImmediate(() => response.end(page.subarray(-1)))
  },
  line: (response, q) => {
    overLine(() => childProcess.exec(`echo ${q}`, (error, text) => response.end(error?.code ?? text)))
  },
  // As template engines compile a view whose name is the address.
  'admin/users': (response) => {
    const view = 'return "<form action=\\"/admin/users\\">"\n//# sourceURL=/srv/views/admin/users.ejs\n'
    response.end(new Function(view)())
  },
  // How CommonJS loads what is ECMAScript only.
  import: async (response, q) => {
    const load = new Function('name', 'return import(name)')
    const AsyncFunction = (async () => {}).constructor
    const own = await new AsyncFunction('return (await import("./named.mjs")).name')()
    response.end(`${(await load(q)).name} ${own} ${load.name} ${load.length}`)
  },
  unpack: (response, _q, body) => {
    unpack(body)
    response.end('unpacked')
  },
}

const server = http.createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://own')
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    void routes[pathname.slice(1)](response, searchParams.get('q'), Buffer.concat(chunks))
  })
})
echo.listen(0, '127.0.0.1', () => {
  server.listen(0, '127.0.0.1', () => process.stdout.write(`port ${server.address().port}\n`))
})
