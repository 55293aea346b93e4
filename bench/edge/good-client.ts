// A visitor in a process of its own: asks every 20 ms until told to stop, then sends its times. `asking` follows the
// first hundred answers, whose times do not count: by then both sides run compiled code.
import http from 'node:http'

const [url = ''] = process.argv.slice(2)
const warmUp = 100
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
const times: number[] = []
const over = new AbortController()
process.once('message', () => over.abort())

function ask(): Promise<void> {
  const before = performance.now()
  return new Promise((resolve) => {
    const asked = http.get(url, { agent }, (answer) => {
      answer.resume()
      answer.once('end', () => {
        times.push(performance.now() - before)
        resolve()
      })
    })
    asked.once('error', () => {
      times.push(Number.MAX_SAFE_INTEGER)
      resolve()
    })
  })
}

while (!over.signal.aborted) {
  await ask()
  await new Promise((resolve) => setTimeout(resolve, 20))
  if (times.length === warmUp) process.send?.('asking')
}
process.send?.(times.slice(warmUp))
agent.destroy()
process.disconnect?.()
