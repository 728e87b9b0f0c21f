/** The settings of TLS. They are a part of the table in annotations.ts. */
import {entry, type AnnotationEntry} from './annotation-entry.js'
import {parseBackendTls, parseSecretName} from './tls-values.js'

const setting = {required: 'no', perPort: true, guards: true, protocol: 'TCP'} as const

export const TLS_SETTINGS = {
  tlsSecret: entry({
    ...setting,
    key: 'loadbalancer.lbex/tls-secret',
    kind: 'secret',
    values: [],
    parse: parseSecretName,
    form: 'the name of a Secret',
    example: 'web-certificate',
    description:
      'Terminates TLS: NGINX decrypts the connections of clients with the certificate and the private key of this Secret, and sends the decrypted data to the backends. The Secret is of type `kubernetes.io/tls` and in the namespace of the Service. With `hosts`, only connections with these server names are served, and with NGINX 1.25.5 or newer each Service of a port can have its own Secret. TCP only.',
  }),
  tlsMinVersion: entry({
    ...setting,
    key: 'loadbalancer.lbex/tls-min-version',
    kind: 'enum',
    values: ['1.2', '1.3'],
    form: 'one of the values',
    fallback: '1.2',
    hasFlag: true,
    example: '1.3',
    description: 'With `tls-secret`: the oldest version of TLS that clients may use. TCP only.',
  }),
  tlsClientCaSecret: entry({
    ...setting,
    key: 'loadbalancer.lbex/tls-client-ca-secret',
    kind: 'secret',
    values: [],
    parse: parseSecretName,
    form: 'the name of a Secret',
    example: 'client-authorities',
    description:
      'With `tls-secret`: clients need a certificate (mutual TLS) that an authority in `ca.crt` of this Secret has issued. NGINX closes all other connections. The Secret is in the namespace of the Service. TCP only.',
  }),
  tlsToBackend: entry({
    ...setting,
    key: 'loadbalancer.lbex/tls-to-backend',
    kind: 'backend-tls',
    values: [],
    parse: parseBackendTls,
    form: '`off`, `verify` and the name of a Secret, or `insecure`',
    fallback: 'off',
    example: 'verify backend-authorities',
    description:
      'NGINX uses TLS to the backends. With `verify SECRET`, the certificate of a backend must be issued by an authority in `ca.crt` of this Secret, which is in the namespace of the Service, and must have the name `SERVICE.NAMESPACE.svc`. With `insecure`, NGINX accepts any certificate. TCP only.',
  }),
} as const satisfies Record<string, AnnotationEntry>
