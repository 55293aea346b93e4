'use strict'
// An application that is weak on purpose; each route says through which channel its call failed.
const childProcess = require('node:child_process')
const fs = require('node:fs')
const http = require('node:http')
const net = require('node:net')
const path = require('node:path')
const { promisify } = require('node:util')
const vm = require('node:vm')
const folder = process.argv[2]
const inside = (name) => path.join(folder, 'public', name)
let pg
try {
  pg = require('pg')
} catch {
  pg = undefined
}
let sqlite
try {
  sqlite = require('node:sqlite')
} catch {
  sqlite = undefined
}

const code = (error) => error?.code ?? error?.cause?.code ?? error?.name
const byCallback = (start) =>
  new Promise((resolve) => start((error, value) => resolve(error ? `callback ${code(error)}` : `ok ${value}`)))
const byPromise = async (start) => {
  try {
    return `ok ${await start()}`
  } catch (error) {
    return `promise ${code(error)}`
  }
}
const bySync = (run) => {
  try {
    return `ok ${run()}`
  } catch (error) {
    return `throw ${code(error)}`
  }
}
const byEvent = (emitter) =>
  new Promise((resolve) => {
    emitter.on('error', (error) => resolve(`event ${code(error)}`))
    emitter.on('close', (status) => resolve(`ok ${status}`))
    emitter.on('data', () => {})
  })

const routes = {
  exec: (q) => byCallback((done) => childProcess.exec(`echo ${q}`, done)),
  'exec-reversed': (q) => byCallback((done) => childProcess.exec(`echo ${[...q].reverse().join('')}`, done)),
  'exec-promise': (q) => byPromise(async () => (await promisify(childProcess.exec)(`echo ${q}`)).stdout),
  'exec-sync': (q) => bySync(() => childProcess.execSync(`echo ${q}`)),
  spawn: (q) => byEvent(childProcess.spawn('sh', ['-c', `echo ${q}`], { stdio: 'ignore' })),
  'spawn-ignored': async (q) => {
    childProcess.spawn('sh', ['-c', `echo ${q}`], { stdio: 'ignore' })
    await new Promise((resolve) => setImmediate(resolve))
    return 'ok'
  },
  'spawn-sync': (q) => {
    const { error, stdout } = childProcess.spawnSync(`echo ${q}`, { shell: true })
    return error ? `result ${code(error)}` : `ok ${stdout}`
  },
  'read-callback': (q) => byCallback((done) => fs.readFile(inside(q), 'utf8', done)),
  'read-promise': (q) => byPromise(() => fs.promises.readFile(inside(q), 'utf8')),
  'read-ignored': async (q) => {
    void fs.promises.readFile(inside(q), 'utf8')
    await new Promise((resolve) => setImmediate(resolve))
    return 'ok'
  },
  'read-sync': (q) => bySync(() => fs.readFileSync(inside(q), 'utf8')),
  'read-stream': (q) => byEvent(fs.createReadStream(inside(q))),
  'write-sync': (q) => bySync(() => fs.writeFileSync(inside(q), 'x')),
  fetch: (q) => byPromise(async () => (await fetch(q)).text()),
  'http-get': (q) => byEvent(http.get(q, (answer) => answer.resume())),
  eval: (q) => bySync(() => eval(`1+${q}`)),
  function: (q) => bySync(() => new Function(`return 1+${q}`)()),
  'function-constructor': (q) => bySync(() => (() => {}).constructor(`return 1+${q}`)()),
  vm: (q) => bySync(() => vm.runInNewContext(`1+${q}`)),
  script: (q) => bySync(() => new vm.Script(`1+${q}`).runInThisContext()),
  require: (q) => bySync(() => Object.keys(require(q)).length),
  prototype: (q) =>
    bySync(() => {
      const [first, second] = q.split('.')
      const target = {}
      target[first][second] = 'polluted'
      const value = {}.polluted
      delete Object.prototype[second]
      return value
    }),
  constructor: (q) =>
    bySync(() => {
      const steps = q.split('.')
      const last = steps.pop()
      let at = {}
      for (const step of steps) at = at[step] ??= {}
      at[last] = 'polluted'
      const value = {}[last]
      delete Object.prototype[last]
      return `${value} ${{}.constructor === Object || q}`
    }),
  leave: (q) =>
    bySync(() => {
      Object.prototype[q.split('.').pop()] = 'left'
      return 'left'
    }),
  left: (q) => bySync(() => ({})[q]),
  regex: (q) => bySync(() => new RegExp('^(a+)+$').test(q)),
  'regex-kinds': () =>
    bySync(() => {
      class Own extends RegExp {}
      const made = [new RegExp('(a+)+b', 'g'), RegExp(/(a+)+b/), new Own('(a+)+b')]
      const used = made.map((one) => [one instanceof RegExp, one.exec('caab')[0], 'aab-aab'.replace(one, 'x')])
      'xaab'.match(/a(b)/)
      return JSON.stringify([
        used,
        made[2] instanceof Own,
        RegExp.$1,
        RegExp.length,
      ])
    }),
  login: (_q, body) => {
    const ok = JSON.parse(body).password === 'right'
    return { status: ok ? 200 : 401, headers: ok ? { 'set-cookie': 'sid=s1' } : {}, text: ok ? 'in' : 'out' }
  },
  user: async (q) => {
    const { report } = await import(process.env.PROTECT)
    return report.user(q) ? 'let in' : undefined
  },
  deny: async (q) => {
    const { report } = await import(process.env.PROTECT)
    report.deny({ user: q, act: 'admin area' })
    return 'told'
  },
  queue: async (q) => {
    const { serve } = await import(process.env.PROTECT)
    return serve({ name: 'queue orders', content: { note: q } }, () => byCallback((done) => childProcess.exec(`echo ${q}`, done)))
  },
  'child-clean': (q) =>
    bySync(() =>
      childProcess.execFileSync(process.execPath, ['-e', 'process.stdout.write(String(globalThis[Symbol.for("sevenfold.agent")]?.mode))', '--', q], { env: { PATH: process.env.PATH } }),
    ),
  'child-line': (q) =>
    bySync(() => {
      const code = 'process.stdout.write(String(globalThis[Symbol.for(`sevenfold.agent`)]?.mode))'
      const line = `"${process.execPath}" -e '${code}'`
      const env = { PATH: process.env.PATH }
      if (q === 'exec') return childProcess.execSync(`true && ${line}`, { env })
      if (q === 'shell') return childProcess.spawnSync(line, { shell: true, env }).stdout
      if (q === 'sh') return childProcess.execFileSync('sh', ['-c', `true; ${line}`], { env })
      return childProcess.execSync(`env -i ${line}`)
    }),
  'child-line-callback': () =>
    byCallback((done) =>
      childProcess.exec(`"${process.execPath}" -e 'process.stdout.write(String(globalThis[Symbol.for("sevenfold.agent")]?.mode))'`, done),
    ),
  'child-fork': () =>
    new Promise((resolve) => {
      const script = path.join(folder, 'child.cjs')
      fs.writeFileSync(script, 'process.send(String(globalThis[Symbol.for("sevenfold.agent")]?.mode)); process.disconnect()')
      childProcess.fork(script, [], { execArgv: [], env: {} }).on('message', resolve)
    }),
  worker: (q) =>
    new Promise((resolve) => {
      const { Worker } = require('node:worker_threads')
      const code = 'const { parentPort } = require("node:worker_threads"); parentPort.postMessage(String(globalThis[Symbol.for("sevenfold.agent")]?.mode))'
      new Worker(code, { eval: true }).on('message', resolve)
    }),
  json: (_q, body) => bySync(() => JSON.stringify(JSON.parse(body))),
  'json-careful': (_q, body) =>
    bySync(() => JSON.stringify(require(path.join(folder, 'node_modules', 'secure-json-parse')).parse(body))),
  // What a driver nobody knows writes to its server, and the server's echo of it.
  wire: (q) =>
    new Promise((resolve) => {
      const message = (type, text) => {
        const body = Buffer.from(`${text}\0`)
        const head = Buffer.alloc(5, type)
        head.writeInt32BE(body.length + 4, 1)
        return Buffer.concat([head, body])
      }
      const startup = Buffer.concat([Buffer.alloc(8), Buffer.from('user\0x\0\0')])
      startup.writeInt32BE(startup.length, 0)
      startup.writeInt32BE(196_608, 4)
      const socket = net.connect(Number(process.env.WIRE_PORT), '127.0.0.1')
      let echo = ''
      socket.on('data', (piece) => (echo += piece))
      socket.on('close', () => resolve(echo.slice(startup.length + 5, -1)))
      socket.write(startup)
      socket.write(message('Q', `select 1 where 'x'='${q}'`))
      socket.end()
    }),
  'pg-callback': (q) => byCallback((done) => new pg.Client().query(`select '${q}'`, done)),
  'pg-promise': (q) => byPromise(() => new pg.Client().query(`select '${q}'`)),
  'pg-object': (q) => byPromise(() => new pg.Client().query({ text: `select '${q}'` })),
  sqlite: (q) => bySync(() => new sqlite.DatabaseSync(':memory:').prepare(`select '${q}'`).get()),
  fault: (q) =>
    bySync(() =>
      childProcess.execSync({
        toString() {
          throw new Error(q)
        },
      }),
    ),
}

const kept = []

const server = http.createServer((request, response) => {
  const url = new URL(request.url, 'http://own')
  const q = url.searchParams.get('q') ?? ''
  const name = url.pathname.slice(1)
  if (name === 'redirect') {
    response.writeHead(302, { Location: q })
    return response.end()
  }
  if (name === 'keep') {
    kept.push(q)
    return response.end('kept')
  }
  if (name === 'kept') {
    const page = kept.map((text) => `<p>${text}</p>`).join('')
    return request.resume().on('end', () => {
      if (q === 'pieces') {
        response.setHeader('content-type', 'text/html')
        response.write(page)
        return response.end()
      }
      response.writeHead(200, { 'content-type': 'text/html', 'content-length': Buffer.byteLength(page) })
      response.end(page)
    })
  }
  if (name === 'pieces') {
    response.writeHead(200, { 'content-type': 'text/html' })
    response.write('<html>')
    response.write(`<p>${q}</p>`)
    return response.end(`<i>${q}</i>`)
  }
  if (name === 'html') {
    response.writeHead(200, { 'content-type': 'text/html', 'x-own': '1' })
    return response.end(`<h1>${q}</h1>`)
  }
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', async () => {
    const body = Buffer.concat(chunks).toString()
    const run = routes[name]
    try {
      const text = run === undefined ? 'none' : await run(q, body)
      if (response.writableEnded) return
      if (typeof text === 'object' && text !== null) {
        response.writeHead(text.status, { 'content-type': 'application/json', ...text.headers })
        return response.end(text.text)
      }
      response.setHeader('content-type', 'text/plain')
      response.end(String(text))
    } catch (error) {
      response.statusCode = 500
      response.end(`uncaught ${error.message}`)
    }
  })
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`port ${server.address().port}\n`))
