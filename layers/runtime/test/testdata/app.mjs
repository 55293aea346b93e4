// The same weaknesses with names imported from built-ins by an ECMAScript module.
import { exec } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { get } from 'node:http'
import { createServer } from 'node:http'

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://own')
  const q = url.searchParams.get('q') ?? ''
  const code = (error) => error?.code ?? 'ok'
  if (url.pathname === '/exec') exec(`echo ${q}`, (error) => response.end(code(error)))
  else if (url.pathname === '/read')
    readFile(`${process.argv[2]}/public/${q}`).then(
      () => response.end('ok'),
      (error) => response.end(code(error)),
    )
  else get(q, (answer) => answer.resume().on('end', () => response.end('ok'))).on('error', (error) => response.end(code(error)))
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`port ${server.address().port}\n`))
