import assert from 'node:assert/strict'
import {templatesFolder} from '../../../src/cli/run/package.js'
import {keepalivedFiles, type KeepalivedOptions} from '../../../src/ha/keepalived.js'

const OPTIONS: KeepalivedOptions = {
  addresses: ['192.0.2.10'],
  interface: 'eth0',
  peers: [],
  virtualRouterId: 51,
  priority: 100,
  readyz: 'http://127.0.0.1:7331/readyz',
  own: new Set(['192.0.2.11', '2001:db8::11']),
}

async function instance(options: Partial<KeepalivedOptions> = {}): Promise<string> {
  const [file] = await keepalivedFiles({...OPTIONS, ...options}, templatesFolder())
  const text = file?.text ?? ''
  return text.slice(text.indexOf('vrrp_script')).replaceAll(/^ *#.*\n/gm, '')
}

describe('keepalivedFiles', () => {
  it('makes a group that uses multicast', async () => {
    assert.equal(
      await instance(),
      `vrrp_script lbex_ready {
    script "/bin/sh -c 'ready() ( exec /usr/bin/curl --fail --silent --max-time 1 --output /dev/null http://127.0.0.1:7331/readyz ); ready && sleep 0.5 && ready || ( sleep 0.3; ready )'"
    interval 1
    timeout 3
    fall 1
    rise 2
    weight -99
    init_fail
}

vrrp_instance lbex_51 {
    interface eth0
    virtual_router_id 51
    state BACKUP
    priority 100
    advert_int 0.3
    virtual_ipaddress {
        192.0.2.10/32
    }
    track_script {
        lbex_ready
    }
}
`,
    )
  })

  it('recognizes this host among the peers, and lets other addresses follow the first one', async () => {
    const peers = ['192.0.2.12', '192.0.2.11', '192.0.2.12']
    const text = await instance({addresses: ['2001:db8::10', '192.0.2.0/31'], peers})
    assert.equal(
      text.slice(text.indexOf('    unicast_src_ip'), text.indexOf('    track_script')),
      `    unicast_src_ip 192.0.2.11
    unicast_peer {
        192.0.2.12
    }
    virtual_ipaddress {
        192.0.2.0/32
    }
    virtual_ipaddress_excluded {
        2001:db8::10/128
        192.0.2.1/32
    }
`,
    )
  })

  it('uses the family of the peers', async () => {
    const text = await instance({addresses: ['192.0.2.10', '2001:db8::10'], peers: ['2001:db8::12']})
    assert.match(text, /virtual_ipaddress \{\n +2001:db8::10\/128\n/)
    assert.match(await instance({addresses: ['2001:db8::10']}), /virtual_ipaddress \{\n +2001:db8::10\/128\n/)
  })

  it('gives a host that is not ready the priority 1', async () => {
    assert.match(await instance({priority: 254}), /weight -253\n/)
  })

  it('rejects peers that cannot work', async () => {
    const refused = (options: Partial<KeepalivedOptions>, message: RegExp): Promise<void> =>
      assert.rejects(instance(options), {name: 'UsageError', message})
    await refused({peers: ['192.0.2.12', '2001:db8::12']}, /--peer has IPv4 and IPv6 addresses/)
    await refused({peers: ['192.0.2.11']}, /--peer has only addresses of this host/)
    await refused({peers: ['2001:db8::12']}, /no --address is an IPv6 address/)
    await refused({addresses: ['10.0.0.0/23']}, /has 512 addresses, at most 256/)
  })
})
