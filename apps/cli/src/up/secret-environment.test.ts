import { compileConfig, readConfig } from '@sevenfold/config'
import { describe, expect, it } from 'vitest'
import { secretEnvironment, storeVariables } from './secret-environment.ts'

const text = `version: 1
sites: [{ name: a, listen: "127.0.0.1:7700", upstream: "http://127.0.0.1:3000" }]
detection: { api: { bouncers: [{ name: fw, key: { env: FW_KEY } }] } }
edge: { beside: [{ kind: appsec, site: a, keys: [{ env: APPSEC_KEY }] }] }
`
const env = { FW_KEY: '1', APPSEC_KEY: '2', AWS_ACCESS_KEY_ID: '3', OTHER: '5' }

describe('secretEnvironment', () => {
  const read = readConfig(text, 'x')
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('; '))
  const { parts } = compileConfig(read.config, '/')

  it('gives a part only the variables that its own configuration names', () => {
    expect(secretEnvironment(parts.detection, env)).toEqual({ FW_KEY: '1' })
    expect(secretEnvironment(parts.edge, env)).toEqual({ APPSEC_KEY: '2' })
    expect(secretEnvironment(parts.console, env)).toEqual({})
  })

  it('adds those that are asked for and set', () => {
    expect(secretEnvironment(parts.ledger, env, storeVariables)).toEqual({ AWS_ACCESS_KEY_ID: '3' })
  })
})
