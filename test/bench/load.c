// The load of the run. It keeps connections open to every proxy and loads one of them for a short time when told to, so that a
// rotation over many proxies costs no new connections. One thread; each answer is checked: status 200 and its length.
//
// A line on standard input is an order; each is answered with one line of JSON:
//   target NAME PORT CONNECTIONS FILE [close]   the requests of FILE; `close`: a new connection for each
//   run NAME MILLISECONDS [PER_SECOND]          closed loop, at most PER_SECOND (0: as fast as the proxy answers)
//   rate NAME PER_SECOND MILLISECONDS           open loop; latency counts from when a request should have started; those that are due
//                                               in one tenth of a millisecond start together, at its beginning
//   once NAME                                   one request on each connection, 64 at a time; then they stay open
//   drop NAME                                   closes its connections
// FILE: for each request three numbers of 32 bits, little-endian (bytes of the head, of the body, of the answer's body), then the head.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { HEAD = 16 * 1024, BODY = 1024 * 1024, BUCKETS = 1200, TARGETS = 32, EVENTS = 512, AT_ONCE = 64, PATIENCE_MS = 10000, STEP_NS = 100000 };

struct request {
  uint32_t head_length, body_length, answer_length;
  const char *head;
};

struct target {
  char name[64];
  int port, count;
  bool closes;
  struct connection *connections;
  char *file;
  struct request *requests;
  size_t request_count, at;
};

struct connection {
  struct target *target;
  int fd; // -1: none
  bool is_busy, waits_to_write, has_head;
  const struct request *request;
  size_t sent;
  uint64_t started, ended, body_left; // `ended`: the answer is whole, its end is waited for
  char *held; // an incomplete head
  size_t held_length;
  struct connection *next; // among the idle
};

static struct target targets[TARGETS];
static char received[256 * 1024 + HEAD], body[BODY];
static int poller;

// The segment that runs.
static struct {
  struct target *target;
  uint64_t until, begin, per_second, issued, limit;
  bool is_open_loop;
  uint64_t answers, failed, bytes, reopened;
  char why[120];
  int in_flight;
  struct connection *idle, **idle_end;
  uint32_t buckets[BUCKETS];
} now_running;

static uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000ull + t.tv_nsec;
}

/** Microseconds to a bucket: exact below 64, then 32 buckets for each doubling (3 %). */
static int bucket_of(uint64_t us) {
  if (us < 64) return us;
  int e = 63 - __builtin_clzll(us);
  int i = 64 + (e - 6) * 32 + (int)((us >> (e - 5)) & 31);
  return i < BUCKETS ? i : BUCKETS - 1;
}

static void put_idle(struct connection *c) {
  c->next = NULL;
  *now_running.idle_end = c;
  now_running.idle_end = &c->next;
}

static struct connection *take_idle(void) {
  struct connection *c = now_running.idle;
  if (c == NULL) return NULL;
  now_running.idle = c->next;
  if (c->next == NULL) now_running.idle_end = &now_running.idle;
  return c;
}

static void hang_up(struct connection *c) {
  if (c->fd >= 0) close(c->fd);
  c->fd = -1;
  c->held_length = 0;
}

static bool dial(struct connection *c) {
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (c->fd < 0) return false;
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(c->target->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (connect(c->fd, (struct sockaddr *)&a, sizeof a) < 0 && errno != EINPROGRESS) return hang_up(c), false;
  struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP, .data.ptr = c};
  c->waits_to_write = false;
  return epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &event) == 0;
}

static void fail(struct connection *c, const char *why) {
  if (now_running.failed++ == 0) snprintf(now_running.why, sizeof now_running.why, "%s", why);
  if (c->is_busy) now_running.in_flight -= 1;
  c->is_busy = false;
  hang_up(c);
}

static void want_to_write(struct connection *c, bool wants) {
  if (c->waits_to_write == wants) return;
  c->waits_to_write = wants;
  struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP | (wants ? EPOLLOUT : 0), .data.ptr = c};
  epoll_ctl(poller, EPOLL_CTL_MOD, c->fd, &event);
}

/** Head and body in one write where the kernel takes it. */
static void push(struct connection *c) {
  const struct request *r = c->request;
  while (c->sent < (size_t)r->head_length + r->body_length) {
    struct iovec parts[2];
    int count = 0;
    if (c->sent < r->head_length) parts[count++] = (struct iovec){(char *)r->head + c->sent, r->head_length - c->sent};
    size_t of_body = c->sent < r->head_length ? 0 : c->sent - r->head_length;
    if (of_body < r->body_length) parts[count++] = (struct iovec){body + of_body, r->body_length - of_body};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = count};
    ssize_t n = count == 1 ? send(c->fd, parts[0].iov_base, parts[0].iov_len, MSG_NOSIGNAL) : sendmsg(c->fd, &message, MSG_NOSIGNAL);
    if (n < 0 && errno == EAGAIN) return want_to_write(c, true);
    if (n <= 0) return fail(c, "closed while the request was written");
    c->sent += n;
  }
  want_to_write(c, false);
}

static void issue(struct connection *c, uint64_t started) {
  struct target *t = c->target;
  c->request = &t->requests[t->at];
  t->at = t->at + 1 == t->request_count ? 0 : t->at + 1;
  c->sent = 0;
  c->has_head = false;
  c->ended = 0;
  c->started = started;
  c->is_busy = true;
  now_running.in_flight += 1;
  now_running.issued += 1;
  if (c->fd < 0 && !dial(c)) return fail(c, "not connected");
  push(c);
}

static void answered(struct connection *c, uint64_t at) {
  uint64_t took = at > c->started ? at - c->started : 0;
  now_running.buckets[bucket_of(took / 1000)] += 1;
  now_running.answers += 1;
  now_running.in_flight -= 1;
  now_running.bytes += c->request->answer_length + c->request->body_length;
  c->is_busy = false;
  put_idle(c);
}

static const char *field(const char *head, const char *end, const char *name, size_t length) {
  for (const char *line = memchr(head, '\n', end - head); line != NULL; line = memchr(line, '\n', end - line)) {
    if (++line >= end) return NULL;
    if (line[length] == ':' && strncasecmp(line, name, length) == 0) return line + length + 1;
  }
  return NULL;
}

/** Reads the head of an answer; NULL: what is wrong is said by `fail`. */
static const char *head_of(struct connection *c, const char *b, const char *end) {
  char why[64];
  if (memcmp(b, "HTTP/1.", 7) != 0 || memcmp(b + 8, " 200", 4) != 0) {
    snprintf(why, sizeof why, "status %.3s", b + 9);
    return fail(c, why), NULL;
  }
  const char *length = field(b, end, "content-length", 14);
  if (length == NULL) return fail(c, "no content-length"), NULL;
  c->body_left = strtoull(length, NULL, 10);
  if (c->body_left != c->request->answer_length) return fail(c, "content-length"), NULL;
  c->has_head = true;
  return end;
}

static void readable(struct connection *c) {
  size_t n = c->held_length;
  if (n > 0) memcpy(received, c->held, n);
  ssize_t got = recv(c->fd, received + n, sizeof received - n, 0);
  if (got < 0 && errno == EAGAIN) return;
  if (!c->is_busy) { // closed, or bytes that nobody asked for
    if (got > 0) fail(c, "bytes after the answer");
    else hang_up(c);
    return;
  }
  if (got == 0 && c->ended > 0) return hang_up(c), answered(c, c->ended);
  if (got <= 0 || c->ended > 0) return fail(c, got < 0 ? "reset" : got == 0 ? "closed before the answer ended" : "bytes after the answer");
  c->held_length = 0;
  const char *b = received, *stop = received + n + got;
  if (!c->has_head) {
    const char *end = memmem(b, stop - b, "\r\n\r\n", 4);
    if (end == NULL) {
      if (stop - b >= HEAD) return fail(c, "a head without an end");
      if (c->held == NULL) c->held = malloc(HEAD);
      memcpy(c->held, b, c->held_length = stop - b);
      return;
    }
    b = head_of(c, b, end + 4);
    if (b == NULL) return;
  }
  if ((uint64_t)(stop - b) > c->body_left) return fail(c, "bytes after the answer");
  c->body_left -= stop - b;
  if (c->body_left > 0) return;
  if (c->sent < (size_t)c->request->head_length + c->request->body_length) return fail(c, "answered before the body was sent");
  c->ended = now_ns();
  if (!c->target->closes) answered(c, c->ended);
}

/**
 * When the next request should start, at a rate. In steps: to wake up for each one, 30,000 times a second, costs more than to send it.
 */
static uint64_t due_time(void) {
  uint64_t behind = now_running.issued * 1000000000ull / now_running.per_second;
  return now_running.begin + behind / STEP_NS * STEP_NS;
}

/** Starts what is due; how long nothing else is, in nanoseconds, or -1. */
static int64_t start_due(void) {
  for (;;) {
    uint64_t now = now_ns();
    if (now_running.issued >= now_running.limit) return -1;
    uint64_t due = now_running.per_second == 0 ? now : due_time();
    if (now_running.is_open_loop ? due >= now_running.until : now >= now_running.until) return -1;
    if (due > now) return due < now_running.until ? (int64_t)(due - now) : -1;
    if (now_running.limit != UINT64_MAX && now_running.in_flight >= AT_ONCE) return -1;
    struct connection *c = take_idle();
    if (c == NULL) return -1;
    issue(c, now_running.is_open_loop ? due : now);
  }
}

static void handle(struct epoll_event *event) {
  struct connection *c = event->data.ptr;
  if (c->fd < 0) return;
  if ((event->events & EPOLLOUT) && c->is_busy) push(c);
  if (c->fd >= 0 && (event->events & (EPOLLIN | EPOLLHUP | EPOLLERR | EPOLLRDHUP))) readable(c);
}

static void turn(int64_t wait_ns) {
  struct epoll_event events[EVENTS];
  struct timespec wait = {wait_ns / 1000000000, wait_ns % 1000000000};
  int count = epoll_pwait2(poller, events, EVENTS, &wait, NULL);
  for (int i = 0; i < count; i += 1) handle(&events[i]);
}

static void segment(struct target *t, uint64_t ms, uint64_t per_second, bool is_open_loop, uint64_t limit) {
  memset(&now_running, 0, sizeof now_running);
  now_running.target = t;
  now_running.idle_end = &now_running.idle;
  turn(0); // who was closed while idle
  for (int i = 0; i < t->count; i += 1) {
    struct connection *c = &t->connections[i];
    if (c->fd < 0 && !t->closes) now_running.reopened += dial(c);
    put_idle(c);
  }
  now_running.per_second = per_second;
  now_running.is_open_loop = is_open_loop;
  now_running.limit = limit;
  now_running.begin = now_ns();
  now_running.until = now_running.begin + ms * 1000000;
  uint64_t patience = now_running.until + PATIENCE_MS * 1000000ull;
  for (;;) {
    int64_t wait = start_due();
    uint64_t now = now_ns();
    bool is_over = now >= now_running.until || now_running.issued >= limit;
    if (now_running.in_flight == 0 && (is_over || (now_running.idle == NULL && wait < 0))) break;
    if (now >= patience) {
      for (int i = 0; i < t->count; i += 1)
        if (t->connections[i].is_busy) fail(&t->connections[i], "no answer in time");
      break;
    }
    turn(wait >= 0 ? wait : is_over ? (int64_t)(patience - now) : (int64_t)(now_running.until - now));
  }
  printf("{\"requests\":%lu,\"failed\":%lu,\"why\":\"%s\",\"nanoseconds\":%lu,\"bytes\":%lu,\"reopened\":%lu,\"histogram\":[",
         now_running.answers, now_running.failed, now_running.why,
         now_ns() - now_running.begin, now_running.bytes, now_running.reopened);
  const char *comma = "";
  for (int i = 0; i < BUCKETS; i += 1) {
    if (now_running.buckets[i] == 0) continue;
    printf("%s[%d,%u]", comma, i, now_running.buckets[i]);
    comma = ",";
  }
  printf("]}\n");
}

static bool read_requests(struct target *t, const char *path) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) return false;
  struct stat about;
  fstat(fileno(file), &about);
  t->file = malloc(about.st_size);
  bool is_whole = fread(t->file, 1, about.st_size, file) == (size_t)about.st_size;
  fclose(file);
  for (char *at = t->file, *end = t->file + about.st_size; is_whole && at < end;) {
    t->requests = realloc(t->requests, (t->request_count + 1) * sizeof *t->requests);
    struct request *r = &t->requests[t->request_count++];
    memcpy(r, at, 12);
    r->head = at + 12;
    at += 12 + r->head_length;
    is_whole = at <= end && r->body_length <= BODY;
  }
  return is_whole && t->request_count > 0;
}

static void drop(struct target *t) {
  for (int i = 0; i < t->count; i += 1) {
    hang_up(&t->connections[i]);
    free(t->connections[i].held);
  }
  free(t->connections);
  free(t->requests);
  free(t->file);
  memset(t, 0, sizeof *t);
}

static struct target *target_named(const char *name) {
  for (int i = 0; i < TARGETS; i += 1)
    if (strcmp(targets[i].name, name) == 0) return &targets[i];
  return NULL;
}

static const char *add_target(const char *name, int port, int count, const char *path, bool closes) {
  struct target *t = target_named("");
  if (t == NULL) return "too many targets";
  if (!read_requests(t, path)) return "the requests cannot be read";
  snprintf(t->name, sizeof t->name, "%s", name);
  t->port = port;
  t->count = count;
  t->closes = closes;
  t->connections = calloc(count, sizeof *t->connections);
  for (int i = 0; i < count; i += 1) {
    t->connections[i].target = t;
    t->connections[i].fd = -1;
    if (!closes && !dial(&t->connections[i])) return "a connection cannot be opened";
    if (i % AT_ONCE == AT_ONCE - 1) usleep(1000); // no more than a listener's queue holds
  }
  return NULL;
}

int main(void) {
  signal(SIGPIPE, SIG_IGN);
  prctl(PR_SET_TIMERSLACK, 1);
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  memset(body, 'x', sizeof body);
  poller = epoll_create1(0);
  char line[4096], order[16], name[64], path[3000], more[16];
  while (fgets(line, sizeof line, stdin) != NULL) {
    long a = 0, b = 0;
    int words = sscanf(line, "%15s %63s", order, name);
    struct target *t = words == 2 ? target_named(name) : NULL;
    const char *wrong = NULL;
    if (strcmp(order, "target") == 0) {
      int got = sscanf(line, "%*s %*s %ld %ld %2999s %15s", &a, &b, path, more);
      wrong = t != NULL ? "known already" : got < 3 ? "usage" : add_target(name, a, b, path, got == 4);
      if (wrong == NULL) printf("{\"connections\":%ld}\n", b);
    } else if (t == NULL) {
      wrong = "unknown target";
    } else if (strcmp(order, "run") == 0) {
      sscanf(line, "%*s %*s %ld %ld", &a, &b);
      segment(t, a, b, false, UINT64_MAX);
    } else if (strcmp(order, "rate") == 0) {
      sscanf(line, "%*s %*s %ld %ld", &a, &b);
      segment(t, b, a, true, UINT64_MAX);
    } else if (strcmp(order, "once") == 0) {
      segment(t, 120000, 0, false, t->count);
    } else if (strcmp(order, "drop") == 0) {
      drop(t);
      printf("{}\n");
    } else {
      wrong = "unknown order";
    }
    if (wrong != NULL) printf("{\"error\":\"%s\"}\n", wrong);
    fflush(stdout);
  }
}
