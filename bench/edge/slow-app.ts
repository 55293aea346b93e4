// A service that declares what it can do: slow-app.ts <at once> <milliseconds each>. Says its port; requests beyond
// wait in its own queue, as behind a pool of database connections.
import http from 'node:http'

const [atOnceText = '4', eachText = '20'] = process.argv.slice(2)
const atOnce = Number(atOnceText)
const eachMs = Number(eachText)
const queue: (() => void)[] = []
let running = 0

function next(): void {
  while (running < atOnce) {
    const work = queue.shift()
    if (work === undefined) return
    running += 1
    setTimeout(() => {
      running -= 1
      work()
      next()
    }, eachMs)
  }
}

const server = http.createServer((request, response) => {
  request.resume()
  let gone = false
  response.once('close', () => (gone = true))
  request.once('end', () => {
    queue.push(() => {
      if (!gone) response.end('served')
    })
    next()
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.(typeof address === 'object' && address !== null ? address.port : 0)
})
process.once('disconnect', () => process.exit(0))
