// The same flow in an ECMAScript module.
import { execSync } from 'node:child_process'
import { createServer } from 'node:http'

const say = (q) => execSync(`echo ${q}`).toString()
const server = createServer((request, response) => response.end(say(new URL(request.url, 'http://own').searchParams.get('q'))))
server.listen(0, '127.0.0.1', () => process.stdout.write(`port ${server.address().port}\n`))
