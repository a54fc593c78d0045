/**
 * The pages are files of their own and nothing else: no script or style stands in a page, none comes
 * from elsewhere, and no text is ever taken for script (Trusted Types, without a policy that could).
 */
const CONTENT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
];

const DENIED = [
  'camera',
  'display-capture',
  'geolocation',
  'hid',
  'microphone',
  'midi',
  'payment',
  'serial',
  'usb',
];
const PERMISSIONS = [
  'publickey-credentials-create=(self)',
  'publickey-credentials-get=(self)',
  ...DENIED.map((feature) => `${feature}=()`),
];

/** What every answer bears. What may be kept by a browser says so itself: the pages and their files. */
const ALWAYS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': CONTENT_POLICY.join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': PERMISSIONS.join(', '),
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** Two years. RFC 6797 wants it over TLS alone. */
const OVER_TLS = { ...ALWAYS, 'strict-transport-security': 'max-age=63072000; includeSubDomains' };

/** The headers of any answer; `isPublic` where it goes over TLS to a public address, which is https. */
export function securityHeaders(isPublic: boolean): Readonly<Record<string, string>> {
  return isPublic ? OVER_TLS : ALWAYS;
}
