'use strict'
// Flows of ordinary values from inputs to sinks; every route is weak or made safe in one way.
const childProcess = require('node:child_process')
const crypto = require('node:crypto')
const fs = require('node:fs')
const http = require('node:http')
const path = require('node:path')
const folder = process.argv[2]
const read = (file) => {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch (error) {
    return error.code
  }
}
const run = (line) => childProcess.execSync(line).toString()
const sessionSecret = 'q8Zr1Lx0Vd3T'

const routes = {
  plus: (q) => run('echo ' + q),
  template: (q) => run(`echo ${q}`),
  append: (q) => {
    let line = 'echo'
    line += ' ' + q
    return run(line)
  },
  split: (q) => run('echo ' + q.split('-')[1]),
  join: (q) => run(['echo', q].join(' ')),
  decode: (q) => run('echo ' + decodeURIComponent(q)),
  base64: (q) => run('echo ' + Buffer.from(q, 'base64').toString()),
  group: (q) => run('echo ' + /(\w+)-(\w+)/.exec(q)[2]),
  named: (q) => run(`echo ${q.match(/(?<last>\w+)$/).groups.last}`),
  json: (q, body) => run('echo ' + JSON.parse(body).deep.name),
  nested: (q, body) => run('echo ' + JSON.parse(JSON.parse(body).text).name),
  upper: (q) => run('echo ' + q.toUpperCase().trim()),
  file: (q) => read(path.join(folder, 'public', q)),
  quoted: (q) => run(`echo '${q.replace(/'/g, `'\\''`)}'`),
  listed: (q) => run('echo ' + (['tent-one', 'tent-two'].includes(q) ? q : 'none')),
  base: (q) => read(path.join(folder, 'public', path.basename(q))),
  number: (q) => run('echo ' + Number.parseInt(q, 10)),
  argument: (q) => childProcess.execFileSync('echo', [q]).toString(),
  hash: () => crypto.createHash('md5').update(sessionSecret).digest('hex'),
}

const server = http.createServer((request, response) => {
  const url = new URL(request.url, 'http://own')
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const route = routes[url.pathname.slice(1)]
    try {
      response.setHeader('set-cookie', 'sid=1; HttpOnly')
      response.end(route(url.searchParams.get('q') ?? '', Buffer.concat(chunks).toString()))
    } catch (error) {
      response.statusCode = 500
      response.end(error.message)
    }
  })
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`port ${server.address().port}\n`))
