// A program that holds next to nothing: for each byte on its standard input it forks a child that ends at once, and waits for it.
#include <sys/wait.h>
#include <unistd.h>

int main() {
    char byte;
    while (read(STDIN_FILENO, &byte, 1) == 1) {
        const pid_t pid = fork();
        if (pid == 0) _exit(0);
        waitpid(pid, nullptr, 0);
    }
}
