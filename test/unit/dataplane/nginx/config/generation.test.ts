import assert from 'node:assert/strict'
import type {NginxFile} from '../../../../../src/dataplane/nginx-file.js'
import {contentHash} from '../../../../../src/core/model/content-hash.js'
import {assembleGeneration} from '../../../../../src/dataplane/nginx/config/generation.js'

const main: NginxFile = {path: 'nginx.conf', text: 'stream {}\n', owners: [], listeners: []}
const aFile = (name: string, text = `# ${name}\n`): NginxFile => ({
  path: `services/${name}-${contentHash(text)}.conf`,
  text,
  owners: [{kind: 'Service', namespace: 'default', name}],
  listeners: [{address: '0.0.0.0', port: 80, protocol: 'TCP'}],
})

describe('assembleGeneration', () => {
  it('combines nginx.conf, the version, the includes and the Services, sorted by path', () => {
    const [a, b] = [aFile('a'), aFile('b')]
    const {id, files} = assembleGeneration([b, main, a])
    assert.deepEqual(files, [
      main,
      {
        path: 'version.conf',
        text: `# The generation that a worker serves.\nreturn "${id}";\n`,
        owners: [],
        listeners: [],
      },
      {
        path: 'services.conf',
        text: `# One file for each Service, named by its content.\ninclude ${a.path};\ninclude ${b.path};\n`,
        owners: [],
        listeners: [],
      },
      a,
      b,
    ])
    assert.match(id, /^[0-9a-f]{12}$/)
  })

  it('is the same for the same files in any order', () => {
    const files = [main, aFile('a'), aFile('b')]
    assert.deepEqual(assembleGeneration(files), assembleGeneration([...files].reverse()))
  })

  it('has another id if any file that NGINX reads differs', () => {
    const ids = [
      [main],
      [main, aFile('a')],
      [main, aFile('a', 'listen 80;\n')],
      [{...main, text: 'stream { }\n'}],
    ].map((files) => assembleGeneration(files).id)
    assert.equal(new Set(ids).size, ids.length)
  })
})
