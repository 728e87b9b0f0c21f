/** The file of a listener that several Services share, from the model on. */
import assert from 'node:assert/strict'
import {render} from '../support/translate.js'
import {listenerSettings, options} from '../support/builders.js'
import {findJudge} from '../support/golden-judge.js'
import {balance, BY_NAME, BY_WEIGHT, forName} from '../support/shared-listeners.js'

const judge = await findJudge()

/** Path and text of the file of the shared listener, with short names instead of hashes. */
function fileOf(applicants: typeof BY_WEIGHT): {path: string; text: string; owners: string[]} {
  const {loadBalancer} = balance(...applicants)
  const [, file, ...others] = render(loadBalancer, options()).files
  assert.ok(file)
  assert.deepEqual(others, [])
  const hashes = [...new Set(file.text.match(/[0-9a-f]{12}/g))]
  const short = (text: string) => text.replaceAll(/[0-9a-f]{12}/g, (hash) => `h${hashes.indexOf(hash)}`)
  return {path: short(file.path), text: short(file.text), owners: file.owners.map(({name}) => name)}
}

describe('a listener that several Services share', () => {
  it('has a separate file with the upstreams of its routes: shared by weight', () => {
    assert.deepEqual(fileOf(BY_WEIGHT), {
      path: 'services/listener_8443_tcp_0.0.0.0-h-1.conf',
      owners: ['blue', 'green'],
      text: `# Shared by Services default/blue, default/green
upstream h0_8443_tcp_ipv4_h1 {
    server 10.1.0.2:8443;
}
upstream h2_8443_tcp_ipv4_h1 {
    server 10.1.0.1:8443;
}

# all traffic (weight 3): Service default/blue port 443, p0
# all traffic (weight 1): Service default/green port 443, p0
split_clients "$remote_addr:$remote_port" $lbex_h1_0 {
    25.00% h0_8443_tcp_ipv4_h1;
    * h2_8443_tcp_ipv4_h1;
}
server {
    listen 0.0.0.0:8443 backlog=4096 so_keepalive=on;
    proxy_pass $lbex_h1_0;
}
`,
    })
  })

  it('has a separate file with the upstreams of its routes: shared by SNI name', () => {
    const {text} = fileOf(BY_NAME)
    assert.equal(
      text.slice(text.indexOf('\n\n') + 2),
      `# *.example: Service default/www port 443, p0
# api.example (weight 9): Service default/api port 443, p0
# api.example (weight 1): Service default/api port 444, p1
# all other connections: Service default/rest port 443, p0
split_clients "$remote_addr:$remote_port" $lbex_h1_1 {
    10.00% h3_8443_tcp_ipv4_444_h1;
    * h3_8443_tcp_ipv4_h1;
}
map $ssl_preread_server_name $lbex_h1 {
    hostnames;
    *.example h2_8443_tcp_ipv4_h1;
    api.example $lbex_h1_1;
    default h0_8443_tcp_ipv4_h1;
}
server {
    listen 0.0.0.0:8443 backlog=4096 so_keepalive=on;
    ssl_preread on;
    preread_buffer_size 20k;
    proxy_pass $lbex_h1;
}
`,
    )
  })

  for (const [how, applicants] of Object.entries({BY_WEIGHT, BY_NAME})) {
    it(`is accepted by NGINX: ${how}`, async () => {
      assert.equal(await judge.complaint(balance(...applicants).loadBalancer, options()), '')
    })
  }

  it('may belong to a thousand Services with different source ranges', async () => {
    const many = Array.from({length: 1000}, (_, index) => ({
      name: `service-${index}`,
      endpoint: '10.1.0.1',
      wishes: [
        {
          ...forName(`service-${index}.example.com`),
          settings: listenerSettings({sourceRanges: [`10.${index >> 8}.${index % 256}.0/24`]}),
        },
      ],
    }))
    const {loadBalancer} = balance(...many)
    assert.equal(loadBalancer.shared[0]?.owners.length, 1000)
    assert.equal(await judge.complaint(loadBalancer, options()), '')
  })

  it('may have server names that are keywords of the map directive', async () => {
    const names = ['default', 'hostnames', 'include', 'volatile', 'test.example', '*.t.example']
    const wishes = names.map((name) => ({match: {type: 'sni', name} as const}))
    const both = ['a', 'b'].map((name, index) => ({
      name,
      endpoint: `10.1.0.${index}`,
      wishes: wishes.filter((_, each) => each % 2 === index),
    }))
    const {loadBalancer} = balance(...both)
    assert.equal(loadBalancer.shared.length, 1)
    assert.equal(await judge.complaint(loadBalancer, options()), '')
  })
})
