import { describe, expect, it } from 'vitest'
import { findSecrets } from './configuration.ts'

describe('findSecrets', () => {
  it.each([
    ["const apiKey = 'q8Zr1Lx0Vd3T'", ['apiKey']],
    ['{ "db_password": "hunter2hunter2" }', ['db_password']],
    ["session({ secret: 'keyboard-cat-1' })", ['secret']],
    ["const k = 'AKIAABCDEFGH12345678'", ['AKIAABCD']],
    ['-----BEGIN RSA PRIVATE KEY-----', ['-----BEG']],
    ["const password = process.env['PASSWORD']", []],
    ["password: 'password'", []],
    ["token = '<your token>'", []],
    ["secret = 'short'", []],
    ["label = 'password', value = 'something long'", []],
  ])('in %j finds %j', (source, what) => {
    expect(findSecrets(source).map((one) => one.what)).toEqual(what)
  })
})
