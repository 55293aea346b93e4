// A listener behind which nothing happens: says its port and stops itself. The kernel still completes connections and
// takes what they send, so that an attack on it costs this machine what the attackers cost, and no server anything.
import net from 'node:net'

const server = net.createServer().listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  process.send?.(port, () => process.kill(process.pid, 'SIGSTOP'))
})
