import { request as httpRequest } from 'node:http'

/** Longest wait for the application's control socket, in milliseconds. */
export const controlTimeoutMs = 20_000

/** Calls an action of a control socket. Rejects with what the other side said. */
export function callControl(socketPath: string, method: 'GET' | 'POST', path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { socketPath, method, path, timeout: controlTimeoutMs, agent: false },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('error', reject)
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8')
          if (answer.statusCode === 200) resolve(JSON.parse(text))
          else reject(new Error(`${method} ${path} on the control socket: ${text}`))
        })
      },
    )
    request.on('timeout', () => request.destroy(new Error('the control socket does not answer')))
    request.on('error', reject)
    request.end()
  })
}
