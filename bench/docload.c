// docload: people writing in shared documents. Speaks Phoenix Channels V2, one thread, epoll.
// Each connection is one writer; changes are sent at a fixed rate whatever the answers do (open loop), each built on the
// newest version its writer has heard of. Prints one JSON object: how many were acknowledged, and how long from the
// moment a change was due until its acknowledgement, and until the last writer of the document had it.
// Build: gcc -O2 -o docload docload.c
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTING = 1, SHAKING, JOINING, JOINED };
typedef struct { int fd, state, document; long version; size_t held, room; uint8_t *bytes; } Writer;
typedef struct { double due; int waiting; } Change;  // waiting: writers who have not heard of it yet

static int port, first = 1, documents = 20, each = 5, length = 1000;
static double rate = 1000, seconds = 5;
static const char *path = "/socket/websocket?vsn=2.0.0", *cookie = "";
static Writer *writers;
static Change *changes;
static size_t capacity, sent, refused, acked, heard;
static double *ack_s, *heard_s;
static int poll_fd, joined;

static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec * 1e-9; }
static void die(const char *format, ...) {
  va_list rest; va_start(rest, format); vfprintf(stderr, format, rest); va_end(rest); fputc('\n', stderr); exit(2);
}
static int ascending(const void *a, const void *b) { double x = *(double *)a, y = *(double *)b; return (x > y) - (x < y); }
static double percentile(double *values, size_t count, double part) {
  return count ? values[(size_t)(part * (count - 1) + 0.5)] * 1e3 : -1;
}

static void send_all(Writer *writer, const uint8_t *bytes, size_t count) {
  while (count) {
    ssize_t done = send(writer->fd, bytes, count, MSG_NOSIGNAL);
    if (done < 0 && errno != EAGAIN) die("a writer lost its connection");
    if (done < 0) { usleep(50); continue; }
    bytes += done; count -= done;
  }
}
static void send_text(Writer *writer, const char *text, size_t count) {
  static uint8_t frame[4096]; static const uint8_t mask[4] = {0x37, 0xfa, 0x21, 0x3d};
  size_t head = 2; frame[0] = 0x81;
  if (count < 126) frame[1] = 0x80 | count; else { frame[1] = 0x80 | 126; frame[2] = count >> 8; frame[3] = count; head = 4; }
  memcpy(frame + head, mask, 4); head += 4;
  for (size_t i = 0; i < count; i++) frame[head + i] = text[i] ^ mask[i & 3];
  send_all(writer, frame, head + count);
}
static void send_change(Writer *writer, size_t number) {
  char text[600]; int place = 1 + rand() % (length / 2);
  const char *what = number % 5 ? "\"insert\":\"x\"" : "\"delete\":1";
  int count = snprintf(text, sizeof text,
    "[\"1\",\"%zu\",\"document:%d\",\"update\",{\"change\":[{\"retain\":%d},{%s}],\"version\":%ld,"
    "\"op_id\":\"%08x-0000-4000-8000-%012zx\"}]",
    number + 100, writer->document, place, what, writer->version, (unsigned)getpid(), number);
  send_text(writer, text, count);
}

static long number_after(const uint8_t *text, size_t count, const char *key) {
  const uint8_t *found = memmem(text, count, key, strlen(key));
  return found ? strtol((const char *)found + strlen(key), NULL, 10) : -1;
}
static void on_reply(Writer *writer, const uint8_t *text, size_t count) {
  if (writer->state == JOINING) {
    if (!memmem(text, count, "\"status\":\"ok\"", 13)) die("join refused: %.*s", (int)(count > 300 ? 300 : count), text);
    writer->version = number_after(text, count, "\"version\":");
    writer->state = JOINED; joined++;
    return;
  }
  size_t number = strtoul((const char *)text + 6, NULL, 10) - 100;  // ["1","123",…
  if (number >= sent) return;
  if (!memmem(text, count, "\"status\":\"ok\"", 13)) {
    if (!refused++) fprintf(stderr, "refused: %.*s\n", (int)count, text);
    return;
  }
  long version = number_after(text, count, "\"version\":");
  if (version > writer->version) writer->version = version;
  if (changes[number].due > 0) ack_s[acked] = now() - changes[number].due;
  acked++;
}
static void on_event(Writer *writer, const uint8_t *text, size_t count) {
  static const char mark[] = "\"op_id\":\"";
  const uint8_t *op_id = memmem(text, count, mark, sizeof mark - 1);
  if (!op_id) return;  // presence, and who came
  long version = number_after(text, count, "\"version\":");
  if (version > writer->version) writer->version = version;
  char hex[13] = {0}; memcpy(hex, op_id + sizeof mark - 1 + 24, 12);
  size_t number = strtoul(hex, NULL, 16);
  if (number < sent && --changes[number].waiting == 0) { heard_s[heard++] = now() - changes[number].due; }
}
static size_t parse(Writer *writer, uint8_t *bytes, size_t count) {
  size_t at = 0;
  if (writer->state == SHAKING) {
    uint8_t *end = memmem(bytes, count, "\r\n\r\n", 4);
    if (!end) return 0;
    if (memcmp(bytes + 9, "101", 3)) die("handshake refused: %.*s", (int)(count > 200 ? 200 : count), bytes);
    at = end + 4 - bytes; writer->state = JOINING;
    char text[200]; int size = sprintf(text, "[\"1\",\"1\",\"document:%d\",\"phx_join\",{}]", writer->document);
    send_text(writer, text, size);
  }
  while (count - at >= 2) {
    size_t head = 2, size = bytes[at + 1] & 127;
    if (size == 126) { if (count - at < 4) break; size = bytes[at + 2] << 8 | bytes[at + 3]; head = 4; }
    else if (size == 127) {
      if (count - at < 10) break;
      size = 0; for (int i = 0; i < 8; i++) size = size << 8 | bytes[at + 2 + i];
      head = 10;
    }
    if (count - at < head + size) break;
    uint8_t *text = bytes + at + head; int kind = bytes[at] & 15; at += head + size;
    if (kind == 8) die("the server closed a connection");
    if (kind != 1 || size < 11) continue;
    if (!memcmp(text, "[null,null", 10)) on_event(writer, text, size);
    else if (memmem(text, size, "\"phx_reply\"", 11)) on_reply(writer, text, size);
  }
  return at;
}
static void on_readable(Writer *writer) {
  if (writer->room - writer->held < 65536) writer->bytes = realloc(writer->bytes, writer->room = writer->room * 2 + 131072);
  ssize_t got = recv(writer->fd, writer->bytes + writer->held, writer->room - writer->held, 0);
  if (got == 0 || (got < 0 && errno != EAGAIN)) die("a writer lost its connection");
  if (got < 0) return;
  size_t count = writer->held + got, used = parse(writer, writer->bytes, count);
  writer->held = count - used;
  memmove(writer->bytes, writer->bytes + used, writer->held);
}
static void wait_for(double timeout) {
  struct epoll_event events[256]; if (timeout < 0) timeout = 0;
  struct timespec time = {(time_t)timeout, (long)((timeout - (time_t)timeout) * 1e9)};
  int count = epoll_pwait2(poll_fd, events, 256, &time, 0);
  for (int i = 0; i < count; i++) {
    Writer *writer = &writers[events[i].data.u32];
    if (writer->state != CONNECTING) { on_readable(writer); continue; }
    writer->state = SHAKING;
    char text[600]; int size = snprintf(text, sizeof text,
      "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nCookie: %s\r\nOrigin: http://127.0.0.1:%d\r\n\r\n", path, port, cookie, port);
    send_all(writer, (uint8_t *)text, size);
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = events[i].data.u32};
    epoll_ctl(poll_fd, EPOLL_CTL_MOD, writer->fd, &event);
  }
}
static void connect_all(int count) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  writers = calloc(count, sizeof *writers); poll_fd = epoll_create1(0);
  for (int i = 0; i < count; i++) {
    Writer *writer = &writers[i]; int yes = 1;
    writer->document = first + i / each; writer->state = CONNECTING;
    writer->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(writer->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (connect(writer->fd, (void *)&address, sizeof address) < 0 && errno != EINPROGRESS) die("connect: %s", strerror(errno));
    struct epoll_event event = {.events = EPOLLOUT, .data.u32 = i};
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, writer->fd, &event);
    while (i + 1 - joined > 32) wait_for(0.1);
  }
  for (double end = now() + 30; joined < count;) { wait_for(0.1); if (now() > end) die("only %d of %d joined", joined, count); }
}

int main(int argc, char **argv) {
  for (int i = 1; i + 1 < argc; i += 2) {
    const char *name = argv[i], *value = argv[i + 1];
    if (!strcmp(name, "--port")) port = atoi(value);
    else if (!strcmp(name, "--path")) path = value;
    else if (!strcmp(name, "--cookie")) cookie = value;
    else if (!strcmp(name, "--first")) first = atoi(value);
    else if (!strcmp(name, "--documents")) documents = atoi(value);
    else if (!strcmp(name, "--each")) each = atoi(value);
    else if (!strcmp(name, "--length")) length = atoi(value);
    else if (!strcmp(name, "--rate")) rate = atof(value);
    else if (!strcmp(name, "--seconds")) seconds = atof(value);
    else die("unknown option %s", name);
  }
  int count = documents * each; const double warm = 0.5;
  capacity = (size_t)(rate * (seconds + warm)) + 1000;
  changes = calloc(capacity, sizeof *changes); ack_s = calloc(capacity, 8); heard_s = calloc(capacity, 8);
  connect_all(count);
  double start = now() + 0.05, measured = start + warm, end = measured + seconds;
  size_t before = 0; int counting = 0; unsigned turn = 0;
  for (double time; (time = now()) < end;) {
    if (!counting && time >= measured) { counting = 1; before = acked; heard = 0; acked = 0; before = 0; }
    while (start + sent / rate <= now() && sent < capacity) {
      double due = start + sent / rate; Change *change = &changes[sent];
      change->due = due; change->waiting = each;
      send_change(&writers[(turn++ * 7919u) % count], sent++);
    }
    wait_for(start + sent / rate - now());
  }
  size_t done = acked - before;
  for (double give_up = now() + 10; acked + refused < sent && now() < give_up && !(counting && acked >= sent);) {
    size_t known = acked + heard; wait_for(0.2);
    if (known == acked + heard) break;
  }
  qsort(ack_s, acked, 8, ascending); qsort(heard_s, heard, 8, ascending);
  printf("{\"offered\":%.0f,\"acked_per_s\":%.0f,\"ack_p50_ms\":%.2f,\"ack_p99_ms\":%.2f,\"heard_p50_ms\":%.2f,"
         "\"heard_p99_ms\":%.2f,\"refused\":%zu}\n", rate, done / seconds, percentile(ack_s, acked, 0.5),
         percentile(ack_s, acked, 0.99), percentile(heard_s, heard, 0.5), percentile(heard_s, heard, 0.99), refused);
  return refused ? 1 : 0;
}
