import type { Command } from '../program/command.ts'

/** `sevenfold init`. */
export const init: Command = {
  name: 'init',
  summary: 'write a commented sevenfold.yaml for a service of yours',
  details: 'Every judging step is set to monitor: it records what it would have done and stops nothing.',
  options: {
    upstream: { type: 'string', value: 'URL', help: 'your service' },
    listen: { type: 'string', value: 'ADDRESS', help: 'where visitors come in', default: '127.0.0.1:7700' },
    name: { type: 'string', value: 'NAME', help: 'name of the site', default: 'app' },
    host: {
      type: 'string',
      value: 'NAME',
      multiple: true,
      help: 'host name of the site; may stand several times',
      default: 'any',
    },
    config: { type: 'string', value: 'FILE', help: 'file to write', default: './sevenfold.yaml' },
    force: { type: 'boolean', help: 'replace a file that exists' },
  },
  examples: [
    'sevenfold init --upstream http://127.0.0.1:3000',
    'sevenfold init --upstream http://app:8080 --host shop.example.org --listen 0.0.0.0:80',
  ],
  run: async (call) => {
    const { writeInitFile } = await import('../place/init-file.ts')
    const path = writeInitFile(call)
    call.io.out(call.json ? JSON.stringify({ file: path }) : `wrote ${path}\nnext: sevenfold up`)
    return 0
  },
}
