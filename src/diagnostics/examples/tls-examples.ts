/** Examples of mistakes with TLS. */
import {documents, ours} from './example.js'

const SECRET = 'loadbalancer.lbex/tls-secret: web-certificate'
const HOSTS = 'loadbalancer.lbex/hosts: web.example.com'

const OTHER_SECRET = [
  'apiVersion: v1',
  'kind: Secret',
  'metadata: {name: web-password}',
  'stringData: {password: example}',
  '',
].join('\n')

export const TLS_EXAMPLES = {
  'tls-secret-unusable': {
    bad: documents(ours(['loadbalancer.lbex/tls-secret: web-password']), OTHER_SECRET),
    good: documents(ours([SECRET]), OTHER_SECRET),
  },
  'tls-secret-kept': {
    never: 'lbex run reports it when the content of a Secret changes while NGINX serves it',
    remedy: 'correct the Secret; the message names what is wrong with it',
  },
  'tls-certificate-expires': {
    never: 'an example would expire',
    remedy: 'renew the certificate and write it to the Secret',
  },
  'tls-secret-needed': {
    bad: ours(['loadbalancer.lbex/tls-client-ca-secret: client-authorities']),
    good: ours([SECRET, 'loadbalancer.lbex/tls-client-ca-secret: client-authorities']),
  },
  'tls-inside-tls': {
    bad: ours([HOSTS, 'loadbalancer.lbex/tls-to-backend: insecure']),
    good: ours([HOSTS, SECRET, 'loadbalancer.lbex/tls-to-backend: insecure']),
  },
  'tls-host-uncovered': {
    never: 'an example would need a certificate',
    remedy: 'add the names to the certificate (subjectAltName), or correct loadbalancer.lbex/hosts',
  },
} as const
