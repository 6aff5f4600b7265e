/* Logs in as a browser would, and tries what it must not be able to. Usage: client PORT REPORT.xml */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

struct reply {
    int status;
    char cookie[128];
    char token[128];
    char text[4096];
};

static int port, passed, failed;
static char cases[4096];

/* Sends one request; status 0 where there was no answer. */
static struct reply ask(const char *method, const char *path, const char *cookie, const char *body)
{
    struct reply reply = { 0 };
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((unsigned short)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct timeval patience = { .tv_sec = 5 };
    char text[1024];
    int connection = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    int length = snprintf(text, sizeof text, "%s %s HTTP/1.1\r\nHost: localhost\r\nCookie: visitor=%s\r\nContent-Length: %zu\r\n\r\n%s",
        method, path, cookie, strlen(body), body);
    size_t used = 0;
    if (connect(connection, (struct sockaddr *)&address, sizeof address) == 0 && write(connection, text, (size_t)length) == length)
        for (ssize_t got; used < sizeof reply.text - 1 && (got = read(connection, reply.text + used, sizeof reply.text - 1 - used)) > 0;)
            used += (size_t)got;
    close(connection);
    sscanf(reply.text, "HTTP/1.1 %d", &reply.status);
    char *at = strstr(reply.text, "Set-Cookie: visitor=");
    if (at)
        sscanf(at, "Set-Cookie: visitor=%127[0-9a-f]", reply.cookie);
    at = strstr(reply.text, "name=\"token\" value=\"");
    if (at)
        sscanf(at, "name=\"token\" value=\"%127[0-9a-f]", reply.token);
    return reply;
}

static struct reply visit(void)
{
    return ask("GET", "/login", "", "");
}

static struct reply log_in(const char *cookie, const char *password, const char *token)
{
    char body[512];
    snprintf(body, sizeof body, "user=ada&password=%s&token=%s", password, token);
    return ask("POST", "/login", cookie, body);
}

static void check(const char *what, int holds)
{
    size_t used = strlen(cases);
    printf("%s: %s\n", holds ? "ok" : "FAILED", what);
    snprintf(cases + used, sizeof cases - used, holds ? "  <testcase classname=\"login\" name=\"%s\"/>\n"
        : "  <testcase classname=\"login\" name=\"%s\"><failure message=\"it does not\"/></testcase>\n", what);
    *(holds ? &passed : &failed) += 1;
}

static int write_report(const char *path)
{
    FILE *file = fopen(path, "w");
    if (!file)
        return -1;
    fprintf(file, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"integration\" tests=\"%d\" failures=\"%d\" errors=\"0\" skipped=\"0\">\n%s</testsuite>\n",
        passed + failed, failed, cases);
    return fclose(file);
}

int main(int argc, char **argv)
{
    if (argc != 3 || (port = atoi(argv[1])) <= 0)
        return 2;
    struct reply mine = visit(), other = visit();
    check("the form comes with a token of its own", mine.status == 200 && strlen(mine.token) == 32 && strcmp(mine.token, other.token) != 0);
    check("a login without a token is refused", log_in(visit().cookie, "analytical", "").status == 403);
    struct reply partial = visit();
    check("a login with a part of the token is refused", log_in(partial.cookie, "analytical", (char[]){ partial.token[0], 0 }).status == 403);
    check("a login with the token of another visitor is refused", log_in(mine.cookie, "analytical", other.token).status == 403);
    check("a wrong password is refused", log_in(mine.cookie, "difference", mine.token).status == 401);
    check("the profile is closed before the login", ask("GET", "/profile", mine.cookie, "").status == 401);
    struct reply in = log_in(mine.cookie, "analytical", mine.token);
    check("the login with the token is accepted", in.status == 200 && in.cookie[0] && strcmp(in.cookie, mine.cookie) != 0);
    struct reply profile = ask("GET", "/profile", in.cookie, "");
    check("the profile is open after the login", profile.status == 200 && strstr(profile.text, "the profile of ada"));
    check("the profile is closed to everybody else", ask("GET", "/profile", other.cookie, "").status == 401);
    printf("%d passed, %d failed\n", passed, failed);
    return write_report(argv[2]) != 0 || failed != 0;
}
