import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { createOutbound } from '@sevenfold/outbound'
import { startRecordingServer } from '@sevenfold/testkit'
import { webhook } from '../src/playbook/actions/webhook.ts'
import type { ActionReach } from '../src/playbook/actions/action.ts'
import { scopeOf } from '../src/playbook/scope.ts'
import { sendMail } from '../src/playbook/send-mail.ts'
import { source } from './made-alert.ts'
import { madeIncident } from './made-incident.ts'

async function tell(url: string, namedHosts: readonly string[]): Promise<string> {
  const reach = { outbound: createOutbound({ namedHosts }) } as unknown as ActionReach
  const scope = scopeOf(madeIncident([source('192.0.2.1')]))
  const done = await webhook.run(
    { settings: { url }, scope, maxTargets: 1, actor: 'playbook:a', isSpared: () => false, ttlMs: 0 },
    reach,
  )
  return done.text
}

describe('a webhook', () => {
  it('reaches a host that the configuration names', async () => {
    const server = await startRecordingServer()
    try {
      expect(await tell(`${server.url}/hook`, ['127.0.0.1'])).toContain('told 127.0.0.1')
      expect(Buffer.from(server.requests[0]?.body ?? []).toString()).toContain('inc-0001')
    } finally {
      await server.close()
    }
  })
  it('is refused on loopback that nobody named', async () => {
    await expect(tell('http://127.0.0.1:9/hook', [])).rejects.toMatchObject({
      code: 'OUTBOUND_ADDRESS_REFUSED',
    })
  })
  for (const location of [
    'http://169.254.169.254/latest/meta-data/',
    'http://[fd00:ec2::254]/latest/',
    'http://metadata.invalid/',
  ])
    it(`does not follow a receiver that redirects to ${location}`, async () => {
      const server = await startRecordingServer({ answer: () => ({ status: 307, headers: { location } }) })
      try {
        await expect(tell(`${server.url}/hook`, ['127.0.0.1'])).rejects.toMatchObject({
          code: expect.stringMatching(/^OUTBOUND_(?:ADDRESS_REFUSED|RESOLVE|REDIRECT)$/) as string,
        })
        expect(server.requests).toHaveLength(1)
      } finally {
        await server.close()
      }
    })
})

/** A mail server that says yes to everything and remembers what it was told. */
async function startMailServer(): Promise<{ port: number; lines: string[]; close(): Promise<void> }> {
  const lines: string[] = []
  const server = createServer((socket) => {
    let isData = false
    socket.setEncoding('utf8')
    socket.write('220 test\r\n')
    socket.on('error', () => undefined)
    socket.on('data', (text: string) => {
      for (const line of text.split('\r\n')) {
        if (line === '') {
          if (isData) lines.push('')
          continue
        }
        lines.push(line)
        if (isData) {
          if (line === '.') {
            isData = false
            socket.write('250 taken\r\n')
          }
        } else if (line.startsWith('EHLO')) socket.write('250 test\r\n')
        else if (line === 'DATA') {
          isData = true
          socket.write('354 go on\r\n')
        } else if (line === 'QUIT') socket.end('221 bye\r\n')
        else socket.write('250 ok\r\n')
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    lines,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

describe('a mail', () => {
  it('arrives with one subject and its own recipients', async () => {
    const server = await startMailServer()
    try {
      await sendMail(
        { host: '127.0.0.1', port: server.port, from: 'sevenfold@example.org' },
        { to: ['a@example.org'], subject: 'high: x', text: 'body' },
      )
    } finally {
      await server.close()
    }
    expect(server.lines.filter((line) => line.startsWith('RCPT'))).toEqual(['RCPT TO:<a@example.org>'])
    expect(server.lines.filter((line) => line.startsWith('Subject:'))).toEqual(['Subject: high: x'])
  })
  it('is refused when no server is configured', async () => {
    await expect(sendMail(undefined, { to: ['a@example.org'], subject: 's', text: 't' })).rejects.toThrow(
      /not configured/,
    )
  })
})
