import { describe, expect, it } from 'vitest'
import { csvCell, csvRow } from './csv-cell.ts'
import { markdownText, maxChatLength, plainText, slackText } from './chat-text.ts'
import { headerText, maxSubjectLength } from './mail-header.ts'
import { networkPolicy } from './network-policy.ts'
import { isolateScript, releaseScript } from './nft-script.ts'

const hostile = [
  '<!channel>',
  '<@U123>',
  '<https://evil.example|click>',
  '=HYPERLINK("https://evil.example")',
  '$(id)',
  '`id`',
  'a\r\nBcc: x@evil.example\r\n\r\nbody',
  '<at>everyone</at>',
  '[click](javascript:1)',
  '@channel',
]

describe('texts for chats', () => {
  for (const text of hostile) {
    it(`cannot be made to call, link or hide by ${JSON.stringify(text)}`, () => {
      expect(slackText(text)).not.toMatch(/<|>|\n|\r/)
      expect(markdownText(text)).not.toMatch(/<|>|\n|\r|(?<!\\)[[\]()`@]/)
      expect(plainText(text)).not.toMatch(/[\u0000-\u001f]/)
    })
  }
  it('are bounded', () => {
    expect(plainText('x'.repeat(maxChatLength))).toHaveLength(maxChatLength)
    expect(plainText('x'.repeat(maxChatLength + 1))).toHaveLength(maxChatLength)
  })
})

describe('headerText', () => {
  it('keeps nobody from writing a subject and everybody from adding a header', () => {
    expect(headerText('a\r\nBcc: x@evil.example')).toBe('a Bcc: x@evil.example')
    expect(headerText('x'.repeat(maxSubjectLength + 1))).toHaveLength(maxSubjectLength)
  })
})

describe('csvCell', () => {
  for (const text of ['=HYPERLINK("x")', '+1', '-1', '@SUM(1)', '\t=1', '  =1', '|cmd', '%0a=1'])
    it(`shows ${JSON.stringify(text)} and does not run it`, () => expect(csvCell(text)).toMatch(/^"'/))
  it('quotes what is plain', () => {
    expect(csvRow(['a', 'say "x", y', '1\r\n2'])).toBe('"a","say ""x"", y","1\r\n2"\r\n')
  })
})

describe('isolation', () => {
  it('takes literal addresses only', () => {
    expect(isolateScript('192.0.2.1', 60)).toContain('{ 192.0.2.1 timeout 60s }')
    expect(isolateScript('2001:db8::1', 60)).toContain('v6 { 2001:db8::1 timeout 60s }')
    expect(releaseScript('192.0.2.1')).toContain('{ 192.0.2.1 }')
    for (const text of ['$(id)', '1.2.3.4; flush ruleset', 'example.org', '10.0.0.0/8', '']) {
      expect(() => isolateScript(text, 60)).toThrow(/literal address/)
      expect(() => releaseScript(text)).toThrow(/literal address/)
    }
  })
  it('names pods by labels that Kubernetes takes, and never a whole namespace', () => {
    const policy = JSON.parse(
      networkPolicy({ namespace: 'shop', labels: { app: 'web' } }, 'sevenfold-1'),
    ) as { spec: unknown }
    expect(policy.spec).toEqual({
      podSelector: { matchLabels: { app: 'web' } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [],
      egress: [],
    })
    for (const labels of [{}, { 'a b': 'x' }, { app: '$(id)' }])
      expect(() => networkPolicy({ namespace: 'shop', labels }, 'p')).toThrow()
    expect(() => networkPolicy({ namespace: '../x', labels: { app: 'web' } }, 'p')).toThrow()
  })
})
