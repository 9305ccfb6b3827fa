// wsload: load generator for servers that speak the Phoenix Channels V2 wire protocol over WebSocket.
// One thread, epoll, no allocation per message. Prints one JSON object per measurement on stdout.
// Build: gcc -O2 -o wsload wsload.c      Usage: see README.md
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

typedef struct {
  int fd, st;                 // st: 0 closed 1 connecting 2 handshaking 3 joining 4 joined
  int sess;
  uint32_t left_len, left_cap;
  uint8_t *left;              // unparsed tail of the last read
  uint64_t bcast, replies;    // received so far
} conn_t;
typedef struct { double sched; int remaining; } op_t;
#define RING 4096
typedef struct { op_t *ring; uint64_t sent; uint64_t reply_idx; } sess_t;

static const char *host = "127.0.0.1", *path = "/socket/websocket?vsn=2.0.0", *mode = "fanout", *topic_fmt = "session:%d:state";
static const char *op_event = "next", *fan_event = "blast", *label = "";
static int port = 4000, N = 10, iters = 300, window = 4, sessions = 500, per = 3, payload_len = 600;
static double secs = 3, gap_ms = 2, pace_ms = 0, rate = 200, p99_limit = 50, max_rate = 200000, settle = 2, settle2 = 0;
static int search = 0;
static conn_t *C; static sess_t *S; static int nconn, ep, njoined, ndead;
static uint8_t *rb; static size_t RB = 1 << 20;
static uint64_t tot_bcast, tot_reply, tot_bytes, reads;
static double *lat, *rlat; static size_t nlat, nrlat, caplat; static int record_ops;
static struct { char name[32]; int pid; } watch[8]; static int nwatch;

static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec * 1e-9; }
static void die(const char *f, ...) { va_list a; va_start(a, f); vfprintf(stderr, f, a); va_end(a); fputc('\n', stderr); exit(2); }
static int cmpd(const void *a, const void *b) { double x = *(double *)a, y = *(double *)b; return x < y ? -1 : x > y; }
static double pct(double *v, size_t n, double p) { if (!n) return -1; size_t i = (size_t)(p / 100.0 * (n - 1) + 0.5); return v[i] * 1e3; }

// --- CPU seconds and RSS of a process and all its descendants
static void tree(int root, double *cpu, double *rss_kb) {
  static int pid[65536], pp[65536]; static double cp[65536]; int n = 0; *cpu = 0; *rss_kb = 0;
  DIR *d = opendir("/proc"); struct dirent *e; double hz = sysconf(_SC_CLK_TCK);
  while ((e = readdir(d)) && n < 65536) {
    if (!isdigit(e->d_name[0])) continue;
    char f[300], b[1024]; snprintf(f, sizeof f, "/proc/%s/stat", e->d_name);
    int fd = open(f, O_RDONLY); if (fd < 0) continue;
    int r = read(fd, b, sizeof b - 1); close(fd); if (r <= 0) continue; b[r] = 0;
    char *p = strrchr(b, ')'); int ppid; unsigned long ut, st; char s;
    if (!p || sscanf(p + 2, "%c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &s, &ppid, &ut, &st) != 4) continue;
    pid[n] = atoi(e->d_name); pp[n] = ppid; cp[n] = (ut + st) / hz; n++;
  }
  closedir(d);
  for (int i = 0; i < n; i++) {
    int q = pid[i], hop = 0, in = 0;
    while (q > 1 && hop++ < 40) { if (q == root) { in = 1; break; } int nx = 0; for (int j = 0; j < n; j++) if (pid[j] == q) { nx = pp[j]; break; } q = nx; }
    if (!in) continue;
    *cpu += cp[i];
    char f[64], b[256]; snprintf(f, sizeof f, "/proc/%d/statm", pid[i]); int fd = open(f, O_RDONLY);
    if (fd >= 0) { int r = read(fd, b, 255); close(fd); if (r > 0) { b[r] = 0; long a, rs; if (sscanf(b, "%ld %ld", &a, &rs) == 2) *rss_kb += rs * (sysconf(_SC_PAGESIZE) / 1024.0); } }
  }
}
static double w_cpu[8], w_rss[8], c_self, c_wall;
static double self_cpu(void) { struct rusage r; getrusage(RUSAGE_SELF, &r); return r.ru_utime.tv_sec + r.ru_stime.tv_sec + (r.ru_utime.tv_usec + r.ru_stime.tv_usec) * 1e-6; }
static void meter_start(void) { for (int i = 0; i < nwatch; i++) tree(watch[i].pid, &w_cpu[i], &w_rss[i]); c_self = self_cpu(); c_wall = now(); }
static void meter_print(double units) {
  double w = now() - c_wall, s = self_cpu() - c_self;
  printf(",\"wall_s\":%.3f,\"client_cpu_s\":%.3f,\"client_cpu_share\":%.3f", w, s, s / w);
  for (int i = 0; i < nwatch; i++) { double c, r; tree(watch[i].pid, &c, &r); printf(",\"%s_cpu_s\":%.2f,\"%s_rss_kb\":%.0f", watch[i].name, c - w_cpu[i], watch[i].name, r);
    if (units > 0) printf(",\"%s_cpu_us_per_unit\":%.3f", watch[i].name, (c - w_cpu[i]) / units * 1e6); }
}

static void send_all(conn_t *c, const uint8_t *b, size_t n) {
  while (n) { ssize_t r = send(c->fd, b, n, MSG_NOSIGNAL); if (r < 0) { if (errno == EAGAIN) { usleep(100); continue; } c->st = 0; ndead++; return; } b += r; n -= r; }
}
// masked client frame; the mask key is non-zero, so the server does its normal unmasking work
static void send_frame(conn_t *c, int op, const char *p, size_t n) {
  static uint8_t f[70000]; static const uint8_t k[4] = {0x37, 0xfa, 0x21, 0x3d}; size_t h = 2; f[0] = 0x80 | op;
  if (n < 126) f[1] = 0x80 | n; else { f[1] = 0x80 | 126; f[2] = n >> 8; f[3] = n; h = 4; }
  memcpy(f + h, k, 4); h += 4; for (size_t i = 0; i < n; i++) f[h + i] = p[i] ^ k[i & 3];
  send_all(c, f, h + n);
}
static int topic_of(conn_t *c, char *o) { return sprintf(o, topic_fmt, c->sess + 1); }
static void send_op(conn_t *c, const char *ev, const char *payload) {
  char t[128], m[9000]; topic_of(c, t); static uint64_t ref = 100;
  int n = snprintf(m, sizeof m, "[\"1\",\"%llu\",\"%s\",\"%s\",%s]", (unsigned long long)ref++, t, ev, payload); send_frame(c, 1, m, n);
}

static void on_bcast(conn_t *c) {
  tot_bcast++;
  if (record_ops) {
    sess_t *s = &S[c->sess]; op_t *o = &s->ring[c->bcast % RING];
    if (--o->remaining == 0 && o->sched > 0 && nlat < caplat) lat[nlat++] = now() - o->sched;
  }
  c->bcast++;
}
static void on_reply(conn_t *c, const uint8_t *p, size_t n) {
  if (c->st == 3) {
    if (!memmem(p, n, "\"ok\"", 4)) die("join refused: %.*s", (int)n, p);
    c->st = 4; njoined++; return;
  }
  tot_reply++; c->replies++;
  if (record_ops) { sess_t *s = &S[c->sess]; op_t *o = &s->ring[s->reply_idx++ % RING]; if (o->sched > 0 && nrlat < caplat) rlat[nrlat++] = now() - o->sched; }
}
static size_t parse(conn_t *c, uint8_t *b, size_t n) {
  size_t i = 0;
  if (c->st == 2) {
    uint8_t *e = memmem(b, n, "\r\n\r\n", 4); if (!e) return 0;
    if (n < 12 || memcmp(b + 9, "101", 3)) die("handshake refused: %.*s", (int)(n > 300 ? 300 : n), b);
    i = e + 4 - b; c->st = 3; char t[128], m[256]; topic_of(c, t);
    int k = sprintf(m, "[\"1\",\"1\",\"%s\",\"phx_join\",{}]", t); send_frame(c, 1, m, k);
  }
  while (n - i >= 2) {
    size_t h = 2, l = b[i + 1] & 127; int op = b[i] & 15;
    if (l == 126) { if (n - i < 4) break; l = b[i + 2] << 8 | b[i + 3]; h = 4; }
    else if (l == 127) { if (n - i < 10) break; l = 0; for (int k = 0; k < 8; k++) l = l << 8 | b[i + 2 + k]; h = 10; }
    if (n - i < h + l) break;
    uint8_t *p = b + i + h; i += h + l;
    if (op == 1 || op == 2) { if (l > 10 && !memcmp(p, "[null,null", 10)) on_bcast(c); else on_reply(c, p, l); }
    else if (op == 9) send_frame(c, 10, (char *)p, l);
    else if (op == 8) { c->st = 0; ndead++; }
  }
  return i;
}
static void on_read(conn_t *c) {
  size_t off = c->left_len; if (off) memcpy(rb, c->left, off);
  ssize_t r = recv(c->fd, rb + off, RB - off, 0);
  if (r == 0 || (r < 0 && errno != EAGAIN)) { if (c->st) ndead++; c->st = 0; epoll_ctl(ep, EPOLL_CTL_DEL, c->fd, 0); return; }
  if (r < 0) return;
  reads++; tot_bytes += r; size_t n = off + r, u = parse(c, rb, n); c->left_len = n - u;
  if (c->left_len) { if (c->left_cap < c->left_len) { c->left_cap = c->left_len * 2; c->left = realloc(c->left, c->left_cap); } memcpy(c->left, rb + u, c->left_len); }
}
static void poll_once(double timeout) {
  static struct epoll_event ev[1024]; if (timeout < 0) timeout = 0;
  struct timespec ts = {(time_t)timeout, (long)((timeout - (time_t)timeout) * 1e9)};
  int n = epoll_pwait2(ep, ev, 1024, &ts, 0);
  for (int i = 0; i < n; i++) {
    conn_t *c = &C[ev[i].data.u32];
    if (c->st == 1) {
      int err = 0; socklen_t sl = sizeof err; getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &err, &sl); if (err) die("connect: %s", strerror(err));
      c->st = 2; char q[512]; int k = snprintf(q, sizeof q, "GET %s HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n", path, host, port);
      send_all(c, (uint8_t *)q, k); struct epoll_event e = {.events = EPOLLIN, .data.u32 = ev[i].data.u32}; epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &e);
    } else if (c->st) on_read(c);
  }
}
static void connect_all(int n, int per_sess) {
  nconn = n; C = calloc(n, sizeof *C); ep = epoll_create1(0); rb = malloc(RB); double t0 = now(); int next = 0;
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)}; inet_pton(AF_INET, host, &a.sin_addr);
  while (njoined < n) {
    while (next < n && next - njoined < 128) {
      conn_t *c = &C[next]; c->sess = per_sess ? next / per_sess : 0; c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0); if (c->fd < 0) die("socket: %s", strerror(errno));
      int one = 1; setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one); c->st = 1;
      if (connect(c->fd, (void *)&a, sizeof a) < 0 && errno != EINPROGRESS) die("connect: %s", strerror(errno));
      struct epoll_event e = {.events = EPOLLOUT, .data.u32 = next}; epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &e); next++;
    }
    poll_once(0.1); if (now() - t0 > 60) die("connect: only %d of %d joined in 60 s", njoined, n); if (ndead) die("connection lost while connecting");
  }
  fprintf(stderr, "%d joined in %.2fs\n", n, now() - t0);
}
static void head(void) { printf("{\"label\":\"%s\",\"mode\":\"%s\",\"n\":%d", label, mode, nconn); }
static void tail(void) { printf(",\"dead\":%d}\n", ndead); fflush(stdout); }
static char payload[8192];
static void mk_payload(void) {
  if (payload_len == 0) { strcpy(payload, "{}"); return; }  // a named event of the product needs no filler
  int n = sprintf(payload, "{\"session_id\":1,\"version\":123456,\"current_session_product_id\":42,\"current_image_index\":0,\"product\":{\"id\":4711,\"position\":17,\"name\":\"Product with a fairly usual name\",\"price_cents\":1999,\"talking_points\":\"");
  for (; n < payload_len - 3; n++) payload[n] = "a talking point the host reads out loud; "[n % 41];
  sprintf(payload + n, "\"}}");
}
static void drain(double t) { double e = now() + t; while (now() < e) poll_once(e - now()); }

static void run_fanout(void) {
  connect_all(N, 0); drain(0.3); double *l = calloc(iters, sizeof(double)), *f = calloc(iters, sizeof(double)); int warm = iters / 10 < 5 ? 5 : iters / 10, k = 0;
  for (int i = -warm; i < iters; i++) {
    if (i == 0) meter_start();
    uint64_t b0 = tot_bcast; double t0 = now(), tf = 0; send_op(&C[0], fan_event, payload);
    while (tot_bcast - b0 < (uint64_t)N) { poll_once(1); if (!tf && tot_bcast > b0) tf = now(); if (now() - t0 > 20 || ndead) die("fanout: lost messages (%llu of %d), dead %d", (unsigned long long)(tot_bcast - b0), N, ndead); }
    if (i >= 0) { l[k] = now() - t0; f[k++] = tf - t0; }
    if (gap_ms > 0) drain(gap_ms / 1e3);
  }
  qsort(l, k, 8, cmpd); qsort(f, k, 8, cmpd); head();
  printf(",\"iters\":%d,\"last_p50_ms\":%.3f,\"last_p90_ms\":%.3f,\"last_p99_ms\":%.3f,\"last_max_ms\":%.3f,\"first_p50_ms\":%.3f,\"first_p99_ms\":%.3f", k, pct(l, k, 50), pct(l, k, 90), pct(l, k, 99), pct(l, k, 100), pct(f, k, 50), pct(f, k, 99));
  meter_print((double)k * N); tail();
}
static void run_sustain(void) {  // also used right after fanout with --mode both
  uint64_t sent = 0, b0 = tot_bcast; double t0 = now(), we = t0 + 0.5, end = 0; uint64_t m0 = 0, r0 = 0; int started = 0;
  for (;;) {
    double t = now(); if (!started && t > we) { started = 1; m0 = tot_bcast; r0 = reads; meter_start(); end = t + secs; }
    if (started && t > end) break;
    while (sent - (tot_bcast - b0) / N < (uint64_t)window) { send_op(&C[0], fan_event, payload); sent++; }
    poll_once(0.05); if (ndead) die("sustain: lost connection"); if (t - t0 > secs + 30) die("sustain: stuck");
  }
  double d = tot_bcast - m0, w = now() - c_wall; printf("{\"label\":\"%s\",\"mode\":\"sustain\",\"n\":%d,\"window\":%d,\"delivered_per_s\":%.0f,\"msgs_per_read\":%.2f", label, nconn, window, d / w, d / (double)(reads - r0 + 1)); meter_print(d); tail();
  double e = now() + 20; while (tot_bcast - b0 < sent * N && now() < e) poll_once(0.1);
}
static void run_idle(void) {
  double c0[8], r0[8], c1, r1; for (int i = 0; i < nwatch; i++) tree(watch[i].pid, &c0[i], &r0[i]);
  double t0 = now(); connect_all(N, 0); double tc = now() - t0; head(); printf(",\"connect_s\":%.2f", tc);
  for (int ph = 0; ph < 2; ph++) {
    double s = ph ? settle2 : settle; if (s <= 0) continue; drain(s);
    for (int i = 0; i < nwatch; i++) { tree(watch[i].pid, &c1, &r1); printf(",\"%s_kb_per_conn_at%.0fs\":%.2f,\"%s_rss0_kb\":%.0f,\"%s_rss_kb_at%.0fs\":%.0f", watch[i].name, ph ? settle + settle2 : settle, (r1 - r0[i]) / N, watch[i].name, r0[i], watch[i].name, ph ? settle + settle2 : settle, r1); if (!ph) printf(",\"%s_connect_cpu_ms_per_conn\":%.3f", watch[i].name, (c1 - c0[i]) * 1e3 / N); }
  }
  tail();
}
static double step_rate(double r, double dur) {  // open loop at r ops/s; returns p99 in ms, or 1e9 if it could not keep up
  nlat = nrlat = 0; double warm = 0.5, t0 = now() + 0.05, tm = t0 + warm, te = tm + dur; uint64_t k = 0, backlog_max = 0, completed_at_end; int metered = 0; uint64_t b_start = 0, k_start = 0;
  static uint64_t ops_total = 0; static uint64_t perm = 0; uint64_t base_b = tot_bcast, base_ops = ops_total;
  for (;;) {
    double t = now(); if (!metered && t >= tm) { metered = 1; meter_start(); b_start = tot_bcast; k_start = k; }
    if (t >= te) break;
    int burst = 0;
    while (t0 + k / r <= t && burst++ < 64) {
      double sched = t0 + k / r; int si = (int)((perm++ * 7919) % sessions); sess_t *s = &S[si]; op_t *o = &s->ring[s->sent++ % RING];
      o->sched = sched >= tm ? sched : -1; o->remaining = per; send_op(&C[si * per], op_event, "{}"); k++; ops_total++;
    }
    uint64_t outstanding = (ops_total - base_ops) - (tot_bcast - base_b) / per; if (outstanding > backlog_max) backlog_max = outstanding;
    if (outstanding > 3000 + r * 0.5) break;  // hopelessly behind
    double nx = t0 + k / r; poll_once(nx < te ? nx - now() : te - now()); if (ndead) die("many: lost connection");
  }
  double w = now() - c_wall; completed_at_end = (tot_bcast - b_start) / per; double offered = k - k_start; size_t n_end = nlat;
  printf("{\"label\":\"%s\",\"mode\":\"many\",\"sessions\":%d,\"per\":%d,\"event\":\"%s\",\"rate\":%.0f", label, sessions, per, op_event, r); meter_print(completed_at_end ? completed_at_end : 1);
  double e = now() + 10; while ((tot_bcast - base_b) / per < ops_total - base_ops && now() < e) poll_once(0.1);
  int lost = (tot_bcast - base_b) / per < ops_total - base_ops; drain(0.05);
  qsort(lat, nlat, 8, cmpd); qsort(rlat, nrlat, 8, cmpd); double p99 = pct(lat, nlat, 99);
  int ok = !lost && metered && w > 0.9 * dur && completed_at_end > 0.97 * offered && p99 < p99_limit;
  printf(",\"achieved\":%.0f,\"last_p50_ms\":%.3f,\"last_p99_ms\":%.3f,\"last_max_ms\":%.3f,\"reply_p50_ms\":%.3f,\"reply_p99_ms\":%.3f,\"backlog_max\":%llu,\"samples\":%zu,\"lost\":%d,\"ok\":%d", completed_at_end / w, pct(lat, nlat, 50), p99, pct(lat, nlat, 100), pct(rlat, nrlat, 50), pct(rlat, nrlat, 99), (unsigned long long)backlog_max, nlat, lost, ok); tail(); (void)n_end;
  if (lost) die("many: messages lost");
  return ok ? p99 : 1e9;
}
static void run_many(void) {
  S = calloc(sessions, sizeof *S); for (int i = 0; i < sessions; i++) S[i].ring = calloc(RING, sizeof(op_t));
  caplat = 4000000; lat = malloc(8 * caplat); rlat = malloc(8 * caplat); connect_all(sessions * per, per); drain(0.3); record_ops = 1;
  if (!search) { step_rate(rate, secs); return; }
  double lo = 0, hi = 0, r = rate; while (r < max_rate) { if (step_rate(r, secs) < 1e8) { lo = r; r *= 1.5; } else { hi = r; break; } }
  for (int i = 0; i < 3 && hi > 0 && lo > 0; i++) { double m = (lo + hi) / 2; if (step_rate(m, secs) < 1e8) lo = m; else hi = m; }
  head(); printf(",\"event\":\"%s\",\"max_ok_rate\":%.0f,\"first_fail_rate\":%.0f", op_event, lo, hi); tail();
}
static void run_single(void) {
  connect_all(1, 0); double *a = calloc(iters, 8), *b = calloc(iters, 8); int warm = 100, k = 0;
  for (int i = -warm; i < iters; i++) {
    if (i == 0) meter_start();
    uint64_t b0 = tot_bcast, r0 = tot_reply; double t0 = now(), tb = 0, tr = 0; send_op(&C[0], op_event, "{}");
    while (!tb || !tr) { poll_once(1); if (!tb && tot_bcast > b0) tb = now(); if (!tr && tot_reply > r0) tr = now(); if (now() - t0 > 10) die("single: no answer"); }
    if (pace_ms > 0) drain(pace_ms / 1e3);  // stays under the server's push limit
    if (i >= 0) { a[k] = tb - t0; b[k++] = tr - t0; }
  }
  qsort(a, k, 8, cmpd); qsort(b, k, 8, cmpd); head();
  printf(",\"event\":\"%s\",\"iters\":%d,\"bcast_p50_ms\":%.3f,\"bcast_p99_ms\":%.3f,\"reply_p50_ms\":%.3f,\"reply_p99_ms\":%.3f", op_event, k, pct(a, k, 50), pct(a, k, 99), pct(b, k, 50), pct(b, k, 99)); meter_print(k); tail();
}
int main(int argc, char **argv) {
  for (int i = 1; i + 1 < argc; i += 2) {
    char *k = argv[i], *v = argv[i + 1];
#define OPT(n) else if (!strcmp(k, "--" n))
    if (0) {} OPT("host") host = v; OPT("port") port = atoi(v); OPT("path") path = v; OPT("mode") mode = v; OPT("topic") topic_fmt = v; OPT("event") { op_event = fan_event = v; payload_len = 0; } OPT("label") label = v;
    OPT("n") N = atoi(v); OPT("iters") iters = atoi(v); OPT("window") window = atoi(v); OPT("sessions") sessions = atoi(v); OPT("per") per = atoi(v); OPT("bytes") payload_len = atoi(v);
    OPT("secs") secs = atof(v); OPT("gap-ms") gap_ms = atof(v); OPT("pace-ms") pace_ms = atof(v); OPT("rate") rate = atof(v); OPT("p99") p99_limit = atof(v); OPT("settle") settle = atof(v); OPT("settle2") settle2 = atof(v); OPT("search") search = atoi(v); OPT("max-rate") max_rate = atof(v);
    OPT("watch") { if (nwatch < 8) { char *c = strchr(v, ':'); if (!c) die("--watch name:pid"); snprintf(watch[nwatch].name, 32, "%.*s", (int)(c - v), v); watch[nwatch++].pid = atoi(c + 1); } }
    else die("unknown option %s", k);
  }
  struct rlimit rl; getrlimit(RLIMIT_NOFILE, &rl); rl.rlim_cur = rl.rlim_max; setrlimit(RLIMIT_NOFILE, &rl); mk_payload();
  if (!strcmp(mode, "fanout")) run_fanout(); else if (!strcmp(mode, "both")) { mode = "fanout"; run_fanout(); run_sustain(); } else if (!strcmp(mode, "sustain")) { connect_all(N, 0); run_sustain(); }
  else if (!strcmp(mode, "idle")) run_idle(); else if (!strcmp(mode, "many")) run_many(); else if (!strcmp(mode, "single")) run_single(); else die("unknown mode");
  return 0;
}
