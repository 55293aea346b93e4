#!/usr/bin/env node
// A container engine of a few lines: "up" starts a server instead of containers, "down" stops it. Every call is kept.
const { appendFileSync, readFileSync, writeFileSync } = require('node:fs')
const { spawn } = require('node:child_process')
const { join } = require('node:path')

const folder = process.env.FAKE_ENGINE
const args = process.argv.slice(2)
appendFileSync(join(folder, 'calls'), `${JSON.stringify(args)}\n`)
const place = join(folder, 'server')
const command = args.find((word) => ['info', 'version', 'config', 'up', 'port', 'down'].includes(word))

const site =
  "const s=require('node:http').createServer((q,r)=>{q.resume();r.end('fine')});" +
  "s.listen(0,'127.0.0.1',()=>process.stdout.write(String(s.address().port)))"

if (process.env.FAKE_ENGINE_FAILS === command) {
  process.stderr.write(`${command} does not work today\n`)
  process.exit(1)
}
if (command === 'config') {
  process.stdout.write(JSON.stringify({ services: { web: { image: 'web', ports: ['80:80'] } } }))
} else if (command === 'up') {
  const child = spawn(process.execPath, ['-e', site], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] })
  child.stdout.once('data', (port) => {
    writeFileSync(place, `${child.pid} ${port}`)
    process.exit(0)
  })
} else if (command === 'port') {
  process.stdout.write(`127.0.0.1:${readFileSync(place, 'utf8').split(' ')[1]}\n`)
} else if (command === 'down') {
  try {
    process.kill(Number(readFileSync(place, 'utf8').split(' ')[0]))
  } catch {
    // it never started
  }
}
