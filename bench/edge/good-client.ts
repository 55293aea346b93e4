// A visitor in a process of its own: asks every 20 ms until told to stop, then prints its times as JSON.
import http from 'node:http'

const [url = ''] = process.argv.slice(2)
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

while (!over.signal.aborted || times.length < 100) {
  await ask()
  await new Promise((resolve) => setTimeout(resolve, 20))
}
process.send?.(times)
agent.destroy()
process.disconnect?.()
