import assert from 'node:assert/strict'
import type {RenderOptions} from '../../../../../src/dataplane/nginx/config/render-options.js'
import {filesWanted, renderMain} from '../../../../../src/dataplane/nginx/config/render-main.js'
import {parseTemplate} from '../../../../../src/dataplane/nginx/config/template.js'
import {options, TEMPLATES} from '../../../../support/builders.js'

const template = parseTemplate('nginx.conf.liquid', TEMPLATES.main)
const main = (listeners: number, overrides: Partial<RenderOptions> = {}) =>
  renderMain(listeners, options(overrides), template)
const value = (text: string, directive: string): string | undefined =>
  new RegExp(`^\\s*${directive} ([^;]*);$`, 'm').exec(text)?.[1]
const connections = (listeners: number, openFiles: number) =>
  Number(value(main(listeners, {openFiles}).text, 'worker_connections'))

describe('renderMain', () => {
  it('writes the main file', () => {
    assert.deepEqual(main(3), {
      path: 'nginx.conf',
      owners: [],
      listeners: [],
      text: `# Written by lbex, which overwrites changes made by hand. This NGINX serves nothing but lbex.
daemon off;
pid /var/lib/lbex/nginx/run/nginx.pid;
error_log /var/lib/lbex/nginx/logs/error.log notice;

# A plain number, never changed by a reload: another number of workers would drop UDP sockets.
worker_processes 2;
worker_rlimit_nofile 65536;
worker_shutdown_timeout 43200s;

events {
    # 1024 for listeners, the rest for clients: two for each TCP session and for each UDP client.
    worker_connections 17408;
}

stream {
    # A backend that refuses or does not answer is left alone for 10 s (max_fails=1 fail_timeout=10s, the defaults).
    proxy_connect_timeout 2s;
    proxy_timeout 1h;
    proxy_socket_keepalive on;

    # Answers which generation a worker serves: how lbex confirms a reload.
    server {
        listen unix:/var/lib/lbex/nginx/run/version.sock;
        include version.conf;
    }

    include services.conf;
}
`,
    })
  })

  it('loads the stream module first if it is a loadable module', () => {
    const streamModule = '/usr/lib/nginx/modules/ngx_stream_module.so'
    const {text} = main(0, {nginx: {version: [1, 22, 1], plus: false, streamModule}})
    assert.equal(text.split('\n')[1], `load_module "${streamModule}";`)
  })

  it('keeps the workers root if root cannot change user', () => {
    assert.equal(value(main(0).text, 'user'), undefined)
    assert.equal(value(main(0, {workersStayRoot: true}).text, 'user'), 'root')
  })

  it('keeps 10,000 connections for clients with any number of listeners if the open files allow it', () => {
    for (const listeners of [0, 1, 1023, 1024, 5000, 50_000])
      assert.ok(connections(listeners, 1_000_000) - listeners - 1 >= 10_000, String(listeners))
  })

  it('computes how many open files that takes', () => {
    for (const listeners of [0, 1023, 1024, 5000]) {
      const enough = filesWanted(listeners)
      assert.equal(connections(listeners, enough), connections(listeners, 1_000_000))
      assert.ok(connections(listeners, enough - 1) < connections(listeners, enough))
    }
  })

  it('stays within the open files, and grows in steps', () => {
    assert.equal(connections(10, 4096), 4096 - 32)
    assert.equal(connections(10, 100), 1024)
    assert.equal(connections(0, 1_000_000), connections(1022, 1_000_000))
    assert.ok(connections(1024, 1_000_000) > connections(1022, 1_000_000))
  })
})
